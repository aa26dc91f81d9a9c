package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * A look at where steps stand that are over their time: the tasks of the executor that a step waits for; the
 * stacks of its threads, with what they wait for; the stacks of those who hold that; and, for one that waits
 * for nobody known, the virtual threads that are in somebody's code.
 *
 * <p>It takes up to 100 ms for the first time in a JVM, and nobody knows how long if a part of the JVM is
 * stuck. So it is run aside, and {@link #found} has at any time what was found until then.
 */
final class Look implements Runnable {
    /** How many tasks, or virtual threads in different places, are shown of a step. */
    private static final int MOST = 20;

    /** How many owners of a lock, of the lock that these wait for, and so on. */
    private static final int MOST_OWNERS = 5;

    /** What is looked at; the thread is null if the work has none now. */
    record Subject(String name, StepWork work, @Nullable Thread thread) {}

    private final List<Case> cases = new ArrayList<>();
    private final ThreadDump dump = new ThreadDump();

    // Written by the thread that looks, each time as a whole:
    private volatile List<List<ThreadStack>> found;
    private volatile String trouble = "";

    /** Takes the plain stacks at once. */
    Look(List<Subject> subjects) {
        List<List<ThreadStack>> plain = new ArrayList<>();
        for (Subject subject : subjects) {
            cases.add(new Case(subject));
            plain.add(subject.work.stacks(subject.thread));
        }
        found = plain;
    }

    /** For each subject, in their order. */
    List<List<ThreadStack>> found() {
        return found;
    }

    /** Why it has found less than it might have; or nothing. */
    String trouble() {
        return trouble;
    }

    /** Nobody waits for it any more. */
    void abandon() {
        dump.abandon(0);
    }

    @Override
    public void run() {
        try {
            Locks locks = Locks.find();
            for (Case one : cases) {
                one.lookAtThreads(locks);
            }
            publish();
            lookAtVirtualThreads();
            publish();
        } catch (IOException | RuntimeException | LinkageError e) {
            trouble = "not everything is known of where it hangs: " + Description.of(e);
        }
    }

    private void publish() {
        List<List<ThreadStack>> all = new ArrayList<>();
        for (Case one : cases) {
            all.add(one.stacks());
        }
        found = all;
    }

    private void lookAtVirtualThreads() throws IOException {
        boolean wanted = false;
        for (Case one : cases) {
            wanted |= one.wantsDump();
        }
        if (!wanted || !ThreadDump.isPossible()) {
            return;
        }
        List<ThreadDump.Seen> threads = dump.take();
        List<ThreadStack> all = virtual(threads);
        String shownAt = null;
        for (Case one : cases) {
            one.takeTasksFrom(threads);
            one.takeOwnersFrom(threads);
            if (one.waitsForNobodyKnown() && !all.isEmpty()) {
                one.others = shownAt == null
                        ? all
                        : List.of(new ThreadStack(
                                "virtual threads: as at step \"" + shownAt + '"', List.of()));
                shownAt = shownAt == null ? one.subject.name : shownAt;
            }
        }
    }

    /** Those in somebody's code; of those in the same place, one. */
    static List<ThreadStack> virtual(List<ThreadDump.Seen> threads) {
        List<ThreadStack> stacks = new ArrayList<>();
        for (ThreadDump.Seen thread : threads) {
            if (thread.isVirtual()) {
                stacks.add(thread.stack());
            }
        }
        return byPlace(stacks, "virtual threads");
    }

    /** Leaves out what is in nobody's code, joins those in the same place, and shows so many at most. */
    static List<ThreadStack> byPlace(List<ThreadStack> stacks, String what) {
        Map<List<StackTraceElement>, List<ThreadStack>> places = new LinkedHashMap<>();
        for (ThreadStack stack : stacks) {
            if (stack.isInSomebodysCode()) {
                places.computeIfAbsent(stack.frames(), place -> new ArrayList<>())
                        .add(stack);
            }
        }
        List<ThreadStack> shown = new ArrayList<>();
        int more = 0;
        for (List<ThreadStack> same : places.values()) {
            ThreadStack first = same.get(0);
            if (shown.size() >= MOST) {
                more += same.size();
            } else if (same.size() == 1) {
                shown.add(first);
            } else {
                String name = first.thread() + " and " + (same.size() - 1) + " more";
                shown.add(new ThreadStack(name, first.waitsFor(), first.frames()));
            }
        }
        if (more > 0) {
            shown.add(new ThreadStack("and " + more + " more " + what, List.of()));
        }
        return shown;
    }

    /** What is known of one subject. */
    private static final class Case {
        private final Subject subject;
        private final @Nullable ExecutorService executor;
        private final List<Thread> threads;
        private List<ThreadStack> tasks = List.of();
        private List<ThreadStack> own = List.of();
        private final List<ThreadStack> owners = new ArrayList<>();
        private List<ThreadStack> others = List.of();
        /** Threads that hold what it waits for, and are not platform threads. */
        private final Set<Long> virtualOwners = new HashSet<>();

        private boolean ownerKnown;

        private Case(Subject subject) {
            this.subject = subject;
            executor = subject.work.executor();
            threads = subject.work.threads(subject.thread);
        }

        private List<ThreadStack> stacks() {
            List<ThreadStack> all = new ArrayList<>(tasks);
            all.addAll(own);
            all.addAll(owners);
            all.addAll(others);
            all.addAll(subject.work.known());
            return all;
        }

        private void lookAtThreads(@Nullable Locks locks) {
            if (executor != null) {
                tasks = byPlace(PoolThreads.of(executor), "tasks");
            }
            own = new ArrayList<>();
            Set<Long> seen = new HashSet<>();
            for (Thread thread : threads) {
                seen.add(thread.getId());
            }
            for (Thread thread : threads) {
                Locks.Info info = locks == null ? null : locks.info(thread.getId());
                own.add(info == null ? Stacks.of(thread) : info.stack());
                if (locks != null && info != null) {
                    follow(info, locks, seen);
                }
            }
        }

        private void follow(Locks.Info from, Locks locks, Set<Long> seen) {
            Locks.Info info = from;
            while (info != null && info.owner() >= 0) {
                ownerKnown = true;
                if (!seen.add(info.owner()) || owners.size() == MOST_OWNERS) {
                    return;
                }
                Locks.Info owner = locks.info(info.owner());
                if (owner == null) {
                    virtualOwners.add(info.owner());
                } else {
                    owners.add(owner.stack());
                }
                info = owner;
            }
        }

        private boolean wantsDump() {
            return executor != null || !virtualOwners.isEmpty() || waitsForNobodyKnown();
        }

        private boolean waitsForNobodyKnown() {
            if (!tasks.isEmpty() || ownerKnown) {
                return false;
            }
            if (threads.isEmpty()) {
                return true; // work without a thread
            }
            // Not what the ThreadInfo says: a thread is RUNNABLE there whose monitor a virtual one
            // has.
            return switch (threads.get(0).getState()) {
                case BLOCKED, WAITING -> true;
                case TIMED_WAITING -> !isAsleep(threads.get(0));
                default -> false;
            };
        }

        private static boolean isAsleep(Thread thread) {
            for (StackTraceElement frame : thread.getStackTrace()) {
                if (frame.getClassName().equals("java.lang.Thread")
                        && frame.getMethodName().startsWith("sleep")) {
                    return true;
                }
            }
            return false;
        }

        /** The dump tells which thread is whose; without it that may be a guess. */
        private void takeTasksFrom(List<ThreadDump.Seen> all) {
            if (executor == null) {
                return;
            }
            String container = executor.getClass().getName()
                    + '@'
                    + Integer.toHexString(System.identityHashCode(executor));
            List<ThreadStack> its = new ArrayList<>();
            for (ThreadDump.Seen thread : all) {
                if (thread.container().equals(container)) {
                    its.add(thread.stack());
                }
            }
            List<ThreadStack> shown = byPlace(its, "tasks");
            if (!shown.isEmpty()) {
                tasks = shown;
            }
        }

        private void takeOwnersFrom(List<ThreadDump.Seen> all) {
            if (virtualOwners.isEmpty()) {
                return;
            }
            Map<Long, ThreadDump.Seen> byId = new HashMap<>();
            for (ThreadDump.Seen thread : all) {
                byId.put(thread.id(), thread);
            }
            for (Long id : virtualOwners) {
                ThreadDump.Seen owner = byId.get(id);
                if (owner != null) {
                    owners.add(owner.stack());
                }
            }
        }
    }
}
