/**
 * What users call. The door is {@link org.stop4j.Stop}; the building blocks are {@link
 * org.stop4j.Signals}, {@link org.stop4j.CommandChannel} and {@link org.stop4j.StopClient}.
 */
@NullMarked
package org.stop4j;

import org.jspecify.annotations.NullMarked;
