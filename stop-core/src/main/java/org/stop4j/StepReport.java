package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Json;

import java.time.Duration;
import java.util.List;

/**
 * How one step came out.
 *
 * @param name the step's name
 * @param result how it came out
 * @param took how long it ran, or until it was left behind
 * @param failure what it threw, or null
 * @param stack for one that hung: where its thread stood when it was left behind; else empty
 * @since 0.1
 */
public record StepReport(
        String name,
        Result result,
        Duration took,
        @Nullable Throwable failure,
        List<StackTraceElement> stack) {

    /**
     * How a step can come out.
     *
     * @since 0.1
     */
    public enum Result {
        /** It ended in its time. */
        DONE,
        /** It ended in its time, by throwing something. */
        FAILED,
        /** It did not end in its time: it was interrupted, and left behind. */
        HUNG
    }

    /**
     * Makes a report that does not change when the list does.
     *
     * @param name the step's name
     * @param result how it came out
     * @param took how long it ran, or until it was left behind
     * @param failure what it threw, or null
     * @param stack where its thread stood when it was left behind, or nothing
     */
    public StepReport {
        stack = List.copyOf(stack);
    }

    void writeTo(Json json) {
        json.object()
                .field("name")
                .string(name)
                .field("result")
                .string(result.name())
                .field("millis")
                .number(took.toMillis());
        if (failure != null) {
            json.field("failure").string(Description.of(failure));
        }
        if (!stack.isEmpty()) {
            json.field("stack").array();
            for (StackTraceElement frame : stack) {
                json.string(frame.toString());
            }
            json.endArray();
        }
        json.endObject();
    }

    /**
     * Says it for people.
     *
     * @return {@code "database" hung for 2.5 s at com.example.Pool.close(Pool.java:42)}; the place is the
     *     innermost one that is neither in the JDK nor in this library, if there is one
     */
    @Override
    public String toString() {
        return '"'
                + name
                + '"'
                + switch (result) {
                    case DONE -> " was done in " + Durations.plain(took);
                    case FAILED -> " failed after " + Durations.plain(took) + ": " + failureText();
                    case HUNG ->
                        " hung for " + Durations.plain(took)
                                + (stack.isEmpty() ? "" : " at " + place());
                };
    }

    private String failureText() {
        return failure == null ? "" : Description.of(failure);
    }

    /** "at jdk.internal.misc.Unsafe.park" would be true of almost everything that hangs. */
    private String place() {
        StackTraceElement telling = stack.get(0);
        for (StackTraceElement frame : stack) {
            if (!isOfJdk(frame) && !isOurs(frame)) {
                telling = frame;
                break;
            }
        }
        return new StackTraceElement(
                        telling.getClassName(),
                        telling.getMethodName(),
                        telling.getFileName(),
                        telling.getLineNumber())
                .toString();
    }

    private static boolean isOfJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    /** What is below every step; a class of ours that somebody uses as a step does tell something. */
    private static boolean isOurs(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.equals(Stop.class.getName()) || type.equals(StepRun.class.getName());
    }
}
