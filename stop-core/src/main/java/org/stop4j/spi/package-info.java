/**
 * What authors of further triggers, and of another time, implement; the doors are {@link
 * org.stop4j.spi.Trigger} and {@link org.stop4j.spi.Time}.
 */
@NullMarked
package org.stop4j.spi;

import org.jspecify.annotations.NullMarked;
