package org.stop4j.benchmarks;

/** What every JVM costs. */
final class EmptyMain {
    private EmptyMain() {}

    public static void main(String[] arguments) {}
}
