package org.stop4j;

import org.stop4j.internal.Json;

import java.util.List;

/**
 * Where a thread stood.
 *
 * @param thread its name; for an asynchronous step, which has none, {@code registered at}
 * @param frames the frames, innermost first
 * @since 0.1
 */
public record ThreadStack(String thread, List<StackTraceElement> frames) {

    /**
     * Makes one that does not change when the list does.
     *
     * @param thread its name
     * @param frames the frames, innermost first
     */
    public ThreadStack {
        frames = List.copyOf(frames);
    }

    void writeTo(Json json) {
        json.object().field("thread").string(thread).field("frames").array();
        for (StackTraceElement frame : frames) {
            json.string(frame.toString());
        }
        json.endArray().endObject();
    }

    /** The innermost frame that is neither in the JDK nor in this library; else the innermost; or nothing. */
    String place() {
        if (frames.isEmpty()) {
            return "";
        }
        // "at jdk.internal.misc.Unsafe.park" would be true of almost everything that hangs.
        StackTraceElement telling = frames.get(0);
        for (StackTraceElement frame : frames) {
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

    /**
     * What is below every step, and the virtual waits above those of tests; a class of ours that somebody uses
     * as a step does tell something.
     */
    private static boolean isOurs(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.equals(Stop.class.getName())
                || type.startsWith(StepRun.class.getName())
                || type.startsWith(Crew.class.getName())
                || type.startsWith(Work.class.getName())
                || type.startsWith("org.stop4j.testing.");
    }
}
