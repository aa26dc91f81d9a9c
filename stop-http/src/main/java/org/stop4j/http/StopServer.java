package org.stop4j.http;

/** Placeholder. */
public final class StopServer {
    private StopServer() {}
}
