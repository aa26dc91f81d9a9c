package org.stop4j.spring;

import org.springframework.util.ReflectionUtils;
import org.stop4j.Deadline;
import org.stop4j.Reason;
import org.stop4j.ReasonedStep;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** Calls a method, and waits for what it returns if that is a stage. */
final class MethodStep implements ReasonedStep {
    private static final List<Class<?>> PARAMETERS = List.of(Deadline.class, Reason.class);

    private final Object target;
    private final Method method;

    MethodStep(Object target, Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        if (!isBeginOfAll(parameters)) {
            throw new IllegalArgumentException("it takes ("
                    + Arrays.stream(parameters)
                            .map(Class::getSimpleName)
                            .collect(Collectors.joining(", "))
                    + "); allowed: (), (Deadline) or (Deadline, Reason)");
        }
        this.target = target;
        this.method = method;
        ReflectionUtils.makeAccessible(method);
    }

    private static boolean isBeginOfAll(Class<?>[] parameters) {
        return parameters.length <= PARAMETERS.size()
                && PARAMETERS.subList(0, parameters.length).equals(List.of(parameters));
    }

    @Override
    public void run(Deadline deadline, Reason reason) throws Exception {
        try {
            Object[] all = {deadline, reason};
            Object result = method.invoke(target, Arrays.copyOf(all, method.getParameterCount()));
            if (result instanceof CompletionStage<?> stage) {
                stage.toCompletableFuture().get();
            }
        } catch (InvocationTargetException | ExecutionException e) {
            throw causeOf(e);
        }
    }

    private static Exception causeOf(Exception e) {
        Throwable cause = e.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof Exception exception ? exception : e;
    }
}
