package org.stop4j;

import org.stop4j.internal.Json;

import java.util.List;

/**
 * Where a thread stood.
 *
 * @param thread its name; for an asynchronous step, which has none, {@code registered at}; several virtual
 *     threads in the same place are one, and the name says how many they are
 * @param waitsFor what it waited for, and which thread had that, as in {@code
 *     java.util.concurrent.locks.ReentrantLock$NonfairSync@1f2e3d, held by "stop-step-b"}; empty if it
 *     waited for nothing, or if that is not known (for a platform thread it takes the module {@code
 *     java.management}, for a virtual one Java 25)
 * @param frames the frames, innermost first
 * @since 0.1
 */
public record ThreadStack(String thread, String waitsFor, List<StackTraceElement> frames) {

    /**
     * Makes one that does not change when the list does.
     *
     * @param thread its name
     * @param waitsFor what it waited for, or nothing
     * @param frames the frames, innermost first
     */
    public ThreadStack {
        frames = List.copyOf(frames);
    }

    /**
     * Makes one of which is not known what it waited for.
     *
     * @param thread its name
     * @param frames the frames, innermost first
     */
    public ThreadStack(String thread, List<StackTraceElement> frames) {
        this(thread, "", frames);
    }

    void writeTo(Json json) {
        json.object().field("thread").string(thread);
        if (!waitsFor.isEmpty()) {
            json.field("waitsFor").string(waitsFor);
        }
        json.field("frames").array();
        for (StackTraceElement frame : frames) {
            json.string(frame.toString());
        }
        json.endArray().endObject();
    }

    /** Its name and what it waits for, in one line. */
    String label() {
        return waitsFor.isEmpty() ? thread : thread + " waits for " + waitsFor;
    }

    /** The innermost frame that is neither in the JDK nor in this library; else the innermost; or nothing. */
    String place() {
        if (frames.isEmpty()) {
            return "";
        }
        // "at jdk.internal.misc.Unsafe.park" would be true of almost everything that hangs.
        StackTraceElement telling = frames.get(0);
        for (StackTraceElement frame : frames) {
            if (isSomebodys(frame)) {
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

    /** Whether it is in anybody's code but the JDK's and ours. */
    boolean isInSomebodysCode() {
        for (StackTraceElement frame : frames) {
            if (isSomebodys(frame)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSomebodys(StackTraceElement frame) {
        return !isOfJdk(frame) && !isOurs(frame);
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
                || type.startsWith(StepWork.class.getName())
                || type.startsWith(ReadyMade.class.getName())
                || type.startsWith("org.stop4j.testing.");
    }
}
