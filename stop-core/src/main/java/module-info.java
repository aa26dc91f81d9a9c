/**
 * Stops a JVM process without losing anything: a request to stop, from wherever it comes, becomes one
 * ordered, bounded, reported stop.
 *
 * <p>The door is {@link org.stop4j.Stop}. Its building blocks can be used alone: {@link
 * org.stop4j.Signals}, {@link org.stop4j.CommandChannel} and {@link org.stop4j.StopClient}.
 */
module org.stop4j {
    // Not `requires static`: on the module path nothing else would bring sun.misc.Signal into the
    // module graph, and signals would silently not work there. See docs/decisions/0002.
    requires jdk.unsupported;
    requires static org.jspecify;

    exports org.stop4j;
    exports org.stop4j.spi;
}
