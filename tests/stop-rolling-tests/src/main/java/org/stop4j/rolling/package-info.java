/**
 * Stops real servers under load and accounts for every request: {@code DirectStop} stops one instance,
 * {@code RollingRestart} replaces two behind a {@code Balancer}, {@code Measure} prints both as a table.
 * A server is one line ({@code Server}); how requests reach it is a {@code Protocol}.
 */
@NullMarked
package org.stop4j.rolling;

import org.jspecify.annotations.NullMarked;
