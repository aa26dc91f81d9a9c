/** Tests of stop-testing. */
@NullMarked
package org.stop4j.testing;

import org.jspecify.annotations.NullMarked;
