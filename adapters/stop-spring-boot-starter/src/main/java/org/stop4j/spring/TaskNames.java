package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.DelegatingErrorHandlingRunnable;

import java.lang.reflect.Method;

/**
 * Names of tasks, for people: the method, where that can be found out, else the class, else the executor. Each task has
 * one, so it must be had for less than handing a task over costs: to look at the stack takes ten times as long.
 */
final class TaskNames {
    /** How Spring's wrapping of what is scheduled begins to tell what it is around. */
    private static final String WRAPPING = "DelegatingErrorHandlingRunnable for ";

    private static final String LAMBDA = "$$Lambda";

    private TaskNames() {}

    /** Of what a scheduler runs: it tells the method, for {@code @Scheduled}. */
    static String scheduled(Runnable task) {
        String words = task.toString();
        int begin = words.lastIndexOf(WRAPPING);
        if (begin < 0) {
            return "job " + withoutNumber(task.getClass().getName());
        }
        String name = words.substring(begin + WRAPPING.length());
        int end = name.indexOf(']');
        return "job " + withoutNumber(end < 0 ? name : name.substring(0, end));
    }

    /** Of what is handed to an executor, by a call of that method if it is known. */
    static String submitted(Runnable task, @Nullable Method method, String executor) {
        if (method != null) {
            return "task " + method.getDeclaringClass().getName() + '.' + method.getName();
        }
        if (task instanceof DelegatingErrorHandlingRunnable) {
            return scheduled(task);
        }
        String type = task.getClass().getName();
        return isWrapping(type) ? "task of " + executor : "task " + withoutNumber(type);
    }

    /** A future, of the JDK's or of Spring's, which says nothing of what is in it. */
    private static boolean isWrapping(String type) {
        return type.startsWith("java.") || type.startsWith("org.springframework.");
    }

    private static String withoutNumber(String name) {
        int lambda = name.indexOf(LAMBDA);
        int number = name.indexOf('@');
        return lambda > 0
                ? name.substring(0, lambda)
                : number > 0 ? name.substring(0, number) : name;
    }
}
