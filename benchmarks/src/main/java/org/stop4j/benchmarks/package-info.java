/**
 * Whole-process measurements: real JVMs, the real command, real signals. {@code Measure} prints the
 * table; {@code App}, {@code Listener} and {@code EmptyMain} are the programs that it starts.
 */
@NullMarked
package org.stop4j.benchmarks;

import org.jspecify.annotations.NullMarked;
