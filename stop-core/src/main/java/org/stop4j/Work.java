package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The work of a step, in whichever form it was registered. */
abstract class Work {

    /**
     * Does it, or begins it.
     *
     * @return null if it is done; else the stage that completes when it is
     */
    abstract @Nullable CompletionStage<?> begin(Deadline deadline, Reason reason) throws Exception;

    /** Where it stands; its thread is null if it has none, or none any more. */
    List<ThreadStack> stacks(@Nullable Thread thread) {
        return thread == null ? List.of() : List.of(Stacks.of(thread));
    }

    static Work of(Step step) {
        return new OfStep(Objects.requireNonNull(step, "step"));
    }

    static Work of(ReasonedStep step) {
        return new OfReasonedStep(Objects.requireNonNull(step, "step"));
    }

    static Work ofAsync(AsyncStep step) {
        return new OfAsyncStep(Objects.requireNonNull(step, "step"));
    }

    static Work of(AutoCloseable resource) {
        return new OfCloseable(Objects.requireNonNull(resource, "resource"));
    }

    private static final class OfStep extends Work {
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
        List<ThreadStack> stacks(@Nullable Thread thread) {
            List<ThreadStack> stacks = new ArrayList<>();
            if (step instanceof ReadyMade.WaitsForThread waiting) {
                // Its own thread only waits; what hangs is the other.
                stacks.add(Stacks.of(waiting.awaited()));
            }
            stacks.addAll(super.stacks(thread));
            return stacks;
        }
    }

    private static final class OfReasonedStep extends Work {
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

    private static final class OfCloseable extends Work {
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

    private static final class OfAsyncStep extends Work {
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
        List<ThreadStack> stacks(@Nullable Thread thread) {
            List<ThreadStack> stacks = new ArrayList<>();
            stacks.addAll(super.stacks(thread));
            stacks.add(new ThreadStack("registered at", registration));
            return stacks;
        }
    }
}
