package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * Who waits for what, and who holds it, by the {@code ThreadMXBean}: of platform threads only. It is reached
 * by reflection, since the module {@code java.management} may not be there. The first use in a JVM takes 30
 * to 50 ms, so there is none in a clean stop.
 *
 * <p>Immutable.
 */
final class Locks {
    /** As many as an exception has: deeper is a recursion. */
    private static final int MOST_FRAMES = 1_024;

    private final Object bean;
    private final Method infos;
    private final Method deadlocked;
    private final Method name;
    private final Method lock;
    private final Method ownerId;
    private final Method ownerName;
    private final Method frames;

    /** A platform thread; the owner is -1 if it waits for nothing that is known to be held. */
    record Info(
            String name,
            String lock,
            long owner,
            String ownerName,
            List<StackTraceElement> frames) {

        ThreadStack stack() {
            return new ThreadStack(name, waitsFor(), frames);
        }

        String waitsFor() {
            return owner < 0 ? lock : lock + ", held by \"" + ownerName + '"';
        }
    }

    private Locks() throws ReflectiveOperationException {
        bean = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        Class<?> type = Class.forName("java.lang.management.ThreadMXBean");
        infos = type.getMethod("getThreadInfo", long[].class, int.class);
        deadlocked = type.getMethod("findDeadlockedThreads");
        Class<?> info = Class.forName("java.lang.management.ThreadInfo");
        name = info.getMethod("getThreadName");
        lock = info.getMethod("getLockName");
        ownerId = info.getMethod("getLockOwnerId");
        ownerName = info.getMethod("getLockOwnerName");
        frames = info.getMethod("getStackTrace");
    }

    /** Returns null if this JVM has no {@code ThreadMXBean}; then the stacks have to tell enough. */
    static @Nullable Locks find() {
        try {
            return new Locks();
        } catch (ReflectiveOperationException | LinkageError notThere) {
            return null;
        }
    }

    /** Returns null if there is no platform thread of that id. */
    @Nullable
    Info info(long id) {
        List<Info> found = infos(id);
        return found.isEmpty() ? null : found.get(0);
    }

    /** The threads that can never go on, because they wait for each other; or none. */
    List<Info> deadlocked() {
        Object ids = ask(deadlocked, bean);
        return ids == null ? List.of() : infos((long[]) ids);
    }

    private List<Info> infos(long... ids) {
        Object array = known(infos, bean, ids, MOST_FRAMES);
        List<Info> found = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            Object info = Array.get(array, i);
            if (info != null) {
                Object what = ask(lock, info);
                found.add(new Info(
                        String.valueOf(ask(name, info)),
                        what == null ? "" : what.toString(),
                        (Long) known(ownerId, info),
                        String.valueOf(ask(ownerName, info)),
                        Stacks.plain((StackTraceElement[]) known(frames, info))));
            }
        }
        return found;
    }

    private static Object known(Method method, Object target, Object... arguments) {
        Object value = ask(method, target, arguments);
        if (value == null) {
            throw new IllegalStateException(method + " returned null");
        }
        return value;
    }

    private static @Nullable Object ask(Method method, Object target, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method + " failed", e);
        }
    }
}
