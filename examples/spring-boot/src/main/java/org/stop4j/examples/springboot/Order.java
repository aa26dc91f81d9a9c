package org.stop4j.examples.springboot;

/** One order. */
record Order(long id, String item, boolean shipped) {}
