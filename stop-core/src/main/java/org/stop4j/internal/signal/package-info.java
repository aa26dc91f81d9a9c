/** The only place that touches {@code sun.misc.Signal}; not for users. */
@NullMarked
package org.stop4j.internal.signal;

import org.jspecify.annotations.NullMarked;
