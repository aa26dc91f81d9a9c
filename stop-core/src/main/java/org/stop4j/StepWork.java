package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/** The work of a step, in whichever form it was registered. */
abstract class StepWork {

    /**
     * Does it, or begins it.
     *
     * @return null if it is done; else the stage that completes when it is
     */
    abstract @Nullable CompletionStage<?> begin(Deadline deadline, Reason reason) throws Exception;

    /** The threads in which it may hang, the telling one first; its own is null if it has none now. */
    List<Thread> threads(@Nullable Thread own) {
        return own == null ? List.of() : List.of(own);
    }

    /** The executor whose tasks it waits for; null if it waits for none. */
    @Nullable
    ExecutorService executor() {
        return null;
    }

    /** What was known of it before it began. */
    List<ThreadStack> known() {
        return List.of();
    }

    /** Whether all others of its phase come first, but for those that are to come after it. */
    boolean isLast() {
        return false;
    }

    /** What there is to say of it now, or when it has ended, in a few words; or nothing. */
    String detail() {
        return "";
    }

    /** Where it stands, as far as that can be told at once; {@link Look} tells more. */
    List<ThreadStack> stacks(@Nullable Thread own) {
        List<ThreadStack> stacks = new ArrayList<>();
        for (Thread thread : threads(own)) {
            stacks.add(Stacks.of(thread));
        }
        stacks.addAll(known());
        return stacks;
    }

    static StepWork of(Step step) {
        return new OfStep(Objects.requireNonNull(step, "step"));
    }

    static StepWork of(ReasonedStep step) {
        return new OfReasonedStep(Objects.requireNonNull(step, "step"));
    }

    static StepWork ofAsync(AsyncStep step) {
        return new OfAsyncStep(Objects.requireNonNull(step, "step"));
    }

    static StepWork of(AutoCloseable resource) {
        Objects.requireNonNull(resource, "resource");
        return resource instanceof ExecutorService executor && isClosedByJdk(resource)
                ? of(Step.shutDown(executor))
                : new OfCloseable(resource);
    }

    /** Whether its close is the one that waits for the tasks without an end; else somebody meant another. */
    private static boolean isClosedByJdk(AutoCloseable executor) {
        try {
            Class<?> closing = executor.getClass().getMethod("close").getDeclaringClass();
            return closing.getName().startsWith("java.util.concurrent.");
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("an AutoCloseable without a close", e);
        }
    }

    private static final class OfStep extends StepWork {
        private final Step step;

        private OfStep(Step step) {
            this.step = step;
        }

        @Override
        @Nullable
        CompletionStage<?> begin(Deadline deadline, Reason reason) throws Exception {
            step.run(deadline);
            return null;
        }

        @Override
        List<Thread> threads(@Nullable Thread own) {
            // Its own thread only waits; what hangs is the others.
            List<Thread> threads = new ArrayList<>();
            if (step instanceof ReadyMade.Interrupt waiting) {
                threads.add(waiting.thread());
            } else if (step instanceof QueueWorkers<?> waiting) {
                threads.addAll(waiting.threadsAtWork());
            }
            threads.addAll(super.threads(own));
            return threads;
        }

        @Override
        @Nullable
        ExecutorService executor() {
            return step instanceof ReadyMade.ShutDown waiting ? waiting.executor() : null;
        }
    }

    private static final class OfReasonedStep extends StepWork {
        private final ReasonedStep step;

        private OfReasonedStep(ReasonedStep step) {
            this.step = step;
        }

        @Override
        @Nullable
        CompletionStage<?> begin(Deadline deadline, Reason reason) throws Exception {
            step.run(deadline, reason);
            return null;
        }
    }

    private static final class OfCloseable extends StepWork {
        private final AutoCloseable resource;

        private OfCloseable(AutoCloseable resource) {
            this.resource = resource;
        }

        @Override
        @Nullable
        CompletionStage<?> begin(Deadline deadline, Reason reason) throws Exception {
            resource.close();
            return null;
        }
    }

    private static final class OfAsyncStep extends StepWork {
        private final AsyncStep step;
        /** Taken when it is registered: later, no thread knows where such work comes from. */
        private final List<StackTraceElement> registration =
                Stacks.plain(new Throwable().getStackTrace());

        private OfAsyncStep(AsyncStep step) {
            this.step = step;
        }

        @Override
        CompletionStage<?> begin(Deadline deadline, Reason reason) throws Exception {
            return Objects.requireNonNull(
                    step.begin(deadline), "the stage of an asynchronous step");
        }

        @Override
        List<ThreadStack> known() {
            return List.of(new ThreadStack("registered at", registration));
        }
    }
}
