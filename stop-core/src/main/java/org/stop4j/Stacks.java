package org.stop4j;

import java.util.ArrayList;
import java.util.List;

/** Takes the stacks of threads. */
final class Stacks {
    private Stacks() {}

    /** Where the thread stands now; without frames if it has ended. */
    static ThreadStack of(Thread thread) {
        return new ThreadStack(name(thread), plain(thread.getStackTrace()));
    }

    static String name(Thread thread) {
        // Most virtual threads have none.
        return thread.getName().isEmpty() ? "thread #" + thread.getId() : thread.getName();
    }

    /**
     * Without what JDK 17 writes before every class name ({@code app//}, {@code java.base@17.0.15/}), without
     * the classes of lambdas, which only some ways to take a stack show, and without what is below every step.
     */
    static List<StackTraceElement> plain(StackTraceElement[] frames) {
        List<StackTraceElement> plain = new ArrayList<>(frames.length);
        for (StackTraceElement frame : frames) {
            if (!frame.getClassName().contains("$$Lambda")) {
                plain.add(new StackTraceElement(
                        null,
                        frame.getModuleName(),
                        null,
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber()));
            }
        }
        removeWhatIsBelowSteps(plain);
        return plain;
    }

    private static void removeWhatIsBelowSteps(List<StackTraceElement> frames) {
        int top = frames.size();
        for (int i = frames.size() - 1; i > 0 && isBelowSteps(frames.get(i)); i--) {
            if (!frames.get(i).getClassName().equals("java.lang.Thread")) {
                top = i;
            }
        }
        frames.subList(top, frames.size()).clear();
    }

    private static boolean isBelowSteps(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.equals("java.lang.Thread")
                || type.startsWith(Crew.class.getName())
                || type.startsWith(StepRun.class.getName())
                || type.startsWith(StepWork.class.getName() + '$');
    }

    /** To be logged: a trace of the first, with the others as suppressed ones. */
    static Throwable trace(String message, List<ThreadStack> stacks) {
        Throwable trace = new Throwable(message);
        for (int i = 0; i < stacks.size(); i++) {
            ThreadStack stack = stacks.get(i);
            Throwable its = i == 0 ? trace : new Throwable(stack.label());
            its.setStackTrace(stack.frames().toArray(new StackTraceElement[0]));
            if (i > 0) {
                trace.addSuppressed(its);
            }
        }
        return trace;
    }
}
