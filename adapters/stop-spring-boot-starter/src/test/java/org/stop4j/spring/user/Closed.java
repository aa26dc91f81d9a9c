package org.stop4j.spring.user;

/** A bean of somebody else's package: those of ours are not destroyed in steps. */
public final class Closed implements AutoCloseable {
    private final Runnable onClose;

    public Closed(Runnable onClose) {
        this.onClose = onClose;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
