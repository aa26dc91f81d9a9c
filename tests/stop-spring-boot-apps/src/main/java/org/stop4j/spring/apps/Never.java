package org.stop4j.spring.apps;

import java.util.concurrent.Semaphore;

/** What is waited for by whoever hangs, whatever is done to him. */
final class Never {
    private Never() {}

    static void comes() {
        new Semaphore(0).acquireUninterruptibly();
    }
}
