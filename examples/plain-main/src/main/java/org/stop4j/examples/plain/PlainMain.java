package org.stop4j.examples.plain;

public final class PlainMain {
    private PlainMain() {}

    public static void main(String[] a) {}
}
