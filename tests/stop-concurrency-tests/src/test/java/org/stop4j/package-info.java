/** What two threads may do to each other in the core. */
@NullMarked
package org.stop4j;

import org.jspecify.annotations.NullMarked;
