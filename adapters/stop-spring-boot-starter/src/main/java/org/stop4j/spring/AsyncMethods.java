package org.stop4j.spring;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;

import java.lang.reflect.Method;

/**
 * Knows which {@code @Async} method is being called on a thread, while what it is to do is handed to an executor: the task
 * itself does not tell.
 */
final class AsyncMethods implements BeanPostProcessor, MethodInterceptor {
    /** Not static: each context has its own. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Method> called = new ThreadLocal<>();

    /** Afterwards, and after those that have an order, of which is the one that makes methods asynchronous. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            for (Advisor advisor : advised.getAdvisors()) {
                if (advisor instanceof AsyncAnnotationAdvisor async) {
                    advised.addAdvisor(0, new DefaultPointcutAdvisor(async.getPointcut(), this));
                }
            }
        }
        return bean;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        called.set(invocation.getMethod());
        try {
            return invocation.proceed();
        } finally {
            called.remove();
        }
    }

    /** Only once for each call: an executor may run the task on this thread, which then hands over others. */
    @Nullable
    Method take() {
        Method method = called.get();
        if (method != null) {
            called.remove();
        }
        return method;
    }
}
