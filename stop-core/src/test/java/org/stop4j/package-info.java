/** What the parts promise, without a process around them. */
@NullMarked
package org.stop4j;

import org.jspecify.annotations.NullMarked;
