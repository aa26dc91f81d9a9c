/**
 * Tests of stops, in virtual time: a stop with a timeout of 25 s and a step that hangs takes milliseconds,
 * and comes out the same every time.
 *
 * <p>The door is {@link org.stop4j.testing.StopExtension} for JUnit, or {@link
 * org.stop4j.testing.VirtualTime} without it. Adapters for servers are tested in real time, by {@link
 * org.stop4j.testing.ServerContract} and {@link org.stop4j.testing.HttpServerContract}.
 */
module org.stop4j.testing {
    requires transitive org.stop4j;
    // Only StopExtension and the contracts need it; whoever tests without JUnit does not.
    requires static org.junit.jupiter.api;
    // Only the contracts need it: they look at what is logged.
    requires static java.logging;
    requires static org.jspecify;

    exports org.stop4j.testing;
}
