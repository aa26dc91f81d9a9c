/** Small parts that several packages share; not for users. */
@NullMarked
package org.stop4j.internal;

import org.jspecify.annotations.NullMarked;
