/** What the inner parts promise. */
@NullMarked
package org.stop4j.internal;

import org.jspecify.annotations.NullMarked;
