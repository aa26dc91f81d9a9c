package org.stop4j;

import java.util.Objects;
import java.util.concurrent.ExecutorService;

/**
 * A piece of stop work.
 *
 * @see Stop#step(Phase, String, Step)
 * @since 0.1
 */
@FunctionalInterface
public interface Step {

    /**
     * Does the work. Called once, on a thread of its own, which is interrupted when the deadline has passed.
     *
     * @param deadline until when this step must be done
     * @throws Exception if the work fails; the stop goes on, and the report tells
     */
    void run(Deadline deadline) throws Exception;

    /**
     * Shuts an executor down: takes no new tasks and waits for those it has. When nine tenths of the step's
     * time are over, interrupts the running ones, drops the others, and fails, telling how many that were. A
     * {@link java.util.concurrent.ScheduledThreadPoolExecutor} drops at once what is not due yet.
     *
     * @param executor the executor
     * @return the step
     */
    static Step shutDown(ExecutorService executor) {
        return new ReadyMade.ShutDown(Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Interrupts a thread, and waits until it has ended. If it does not, the report shows where that thread
     * hangs.
     *
     * @param thread the thread, platform or virtual
     * @return the step
     */
    static Step interrupt(Thread thread) {
        return new ReadyMade.Interrupt(Objects.requireNonNull(thread, "thread"));
    }

    /**
     * Asks a child process to end (on Linux, by SIGTERM), and waits until it has. When nine tenths of the
     * step's time are over, kills it and fails.
     *
     * @param process the child
     * @return the step
     */
    static Step destroy(Process process) {
        return new ReadyMade.Destroy(Objects.requireNonNull(process, "process"));
    }
}
