/**
 * What it costs to count work at the gate, beside other ways to count it; by JMH. {@code GateRounds} is the
 * program that the measure {@code gate} starts.
 */
@NullMarked
package org.stop4j.benchmarks.gate;

import org.jspecify.annotations.NullMarked;
