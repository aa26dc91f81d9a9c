package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.support.AbstractApplicationContext;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/**
 * Takes part in the closing of a context: what its lifecycle processor would do then, stopping what runs, is done by
 * steps, and whoever closes the context is held there meanwhile. All else goes on to the processor that is there.
 */
final class HeldLifecycleProcessor implements BeanPostProcessor {
    private static final Set<String> STARTS_OR_STOPS = Set.of("start", "stop");

    /** Whether the thread is in a call already: the processor takes its proxy for one of those that it is to stop or start. */
    @SuppressWarnings("ThreadLocalUsage") // not static: each context has its own
    private final ThreadLocal<Boolean> inside = new ThreadLocal<>();

    /** Seen when it is made. Not asked for: in a context that is closed that would make another one. */
    private volatile @Nullable ContextClosing closing;

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof ContextClosing its) {
            closing = its;
        }
        boolean wanted = name.equals(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME);
        return wanted && bean instanceof LifecycleProcessor its ? around(its) : bean;
    }

    /** A proxy rather than a class, since later versions of Spring add methods. */
    private Object around(LifecycleProcessor processor) {
        return Proxy.newProxyInstance(
                LifecycleProcessor.class.getClassLoader(),
                new Class<?>[] {LifecycleProcessor.class},
                (proxy, method, arguments) -> call(processor, method, arguments));
    }

    @SuppressWarnings("NullAway") // what a method returns may be null, as if it were called itself
    private Object call(LifecycleProcessor processor, Method method, Object @Nullable [] arguments)
            throws Throwable {
        ContextClosing its = closing;
        if (method.getName().equals("onClose") && its != null && its.holdWhoCloses()) {
            return null;
        }
        boolean outermost = inside.get() == null;
        if (!outermost && STARTS_OR_STOPS.contains(method.getName())) {
            return null;
        }
        try {
            inside.set(true);
            return method.invoke(processor, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            if (outermost) {
                inside.remove();
            }
        }
    }
}
