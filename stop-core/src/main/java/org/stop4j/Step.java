package org.stop4j;

import java.util.Objects;
import java.util.concurrent.ExecutorService;

/**
 * A piece of stop work. Ready-made ones are here, and for threads that work off a queue in {@link QueueWorkers}.
 *
 * @see Stop#step(Phase, String, Step)
 * @since 0.1
 */
@FunctionalInterface
public interface Step {

    /**
     * Does the work. Called once, on a daemon thread named {@code stop-step-NAME} that it has to itself while it
     * runs, with the context class loader of whoever started the stop. (If no thread can be made, on that of
     * the stop, and then nothing bounds it.) When the deadline has passed, the thread is interrupted, and left.
     *
     * <p>A step that calls {@link System#exit} counts as failed; the others run, and the process ends with that
     * code. {@link Runtime#halt} ends the process at once: no other step, no report.
     *
     * @param deadline until when this step must be done
     * @throws Exception if the work fails; the stop goes on, and the report tells
     */
    void run(Deadline deadline) throws Exception;

    /**
     * Shuts an executor down: takes no new tasks and waits for those it has. When nine tenths of the step's
     * time are over, interrupts the running ones, drops the others, and fails, telling how many they were
     * and where they stood. If some do not end even then, the step hangs, and the report shows where they do.
     *
     * <p>Of a {@link java.util.concurrent.ScheduledExecutorService} of the JDK, what is not due yet is dropped
     * at once, and so is what repeats. One that hides its settings is taken to have a single thread, as that
     * of {@link java.util.concurrent.Executors#newSingleThreadScheduledExecutor()} has; behind {@link
     * java.util.concurrent.Executors#unconfigurableScheduledExecutorService} there may be several, and
     * tasks in the others are then interrupted: register what is behind it instead. In an executor that was
     * shut down before, delayed tasks are waited for unless it is a {@link
     * java.util.concurrent.ScheduledThreadPoolExecutor}.
     *
     * <p>The common pool of {@link java.util.concurrent.ForkJoinPool} cannot be shut down: the step waits
     * until it has nothing to do, helping it, and fails when nine tenths of its time are over.
     *
     * @param executor the executor; one that was shut down before is only waited for
     * @return the step
     */
    static Step shutDown(ExecutorService executor) {
        return new ReadyMade.ShutDown(Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Interrupts a thread, once, and waits until it has ended. If it does not, the step hangs, and the report
     * shows where that thread does. Done at once if the thread has ended, or was not started; fails if it
     * is the one that runs the step.
     *
     * @param thread the thread, platform or virtual
     * @return the step
     */
    static Step interrupt(Thread thread) {
        return new ReadyMade.Interrupt(Objects.requireNonNull(thread, "thread"));
    }

    /**
     * Asks a child process to end (on Linux, by SIGTERM), and waits until it has; its exit code does not
     * matter. When nine tenths of the step's time are over, kills it, and all processes below it, which it
     * can no longer end itself; then fails. A child that ends when it is asked has to see to its own
     * children: what it leaves behind lives on.
     *
     * @param process the child; done at once if it has ended
     * @return the step
     */
    static Step destroy(Process process) {
        return new ReadyMade.Destroy(Objects.requireNonNull(process, "process"));
    }
}
