package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

import java.util.concurrent.Executor;

/** Has a stop rehearsed when the application is ready, beside: before that, all of the CPU is to be had for its start. */
final class RehearsalWhenReady implements Executor, ApplicationListener<ApplicationReadyEvent> {
    /** Until it is run; guarded by this. */
    private @Nullable Runnable waiting;

    @Override
    public synchronized void execute(Runnable rehearsal) {
        waiting = rehearsal;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        Runnable rehearsal = take();
        if (rehearsal != null) {
            Thread thread = new Thread(rehearsal, "stop-rehearsal");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private synchronized @Nullable Runnable take() {
        Runnable its = waiting;
        waiting = null;
        return its;
    }
}
