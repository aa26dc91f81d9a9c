/**
 * Tests of stops, in virtual time: a stop with a timeout of 25 s and a step that hangs takes milliseconds,
 * and comes out the same every time.
 *
 * <p>The door is {@link org.stop4j.testing.StopExtension} for JUnit, or {@link
 * org.stop4j.testing.VirtualTime} without it.
 */
module org.stop4j.testing {
    requires transitive org.stop4j;
    // Only StopExtension needs it; whoever tests without JUnit does not.
    requires static org.junit.jupiter.api;
    requires static org.jspecify;

    exports org.stop4j.testing;
}
