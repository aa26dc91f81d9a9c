/** Tests of {@code stop check}. */
@NullMarked
package org.stop4j.check;

import org.jspecify.annotations.NullMarked;
