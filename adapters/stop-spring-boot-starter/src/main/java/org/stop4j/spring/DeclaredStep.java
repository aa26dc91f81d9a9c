package org.stop4j.spring;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.stop4j.ReasonedStep;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/**
 * A method that is to be a step.
 *
 * @param bean what others get: the object itself, or a proxy
 * @param made what was there before somebody put a proxy in its place, if that is known; else the bean
 */
record DeclaredStep(Object bean, Object made, String beanName, Method method) {
    private static final int LONGEST_NAME = 100;

    /** Of one that is too long, the end, which tells most. */
    String name() {
        String ofBean = ScopedProxyUtils.isScopedTarget(beanName)
                ? ScopedProxyUtils.getOriginalBeanName(beanName)
                : beanName;
        String name = ofBean + '.' + method.getName();
        int length = name.length();
        return length <= LONGEST_NAME ? name : '…' + name.substring(length - LONGEST_NAME + 1);
    }

    boolean isFactory() {
        return bean instanceof FactoryBean;
    }

    /** The object itself; or the last proxy before it, if what is behind may change. */
    Object target() {
        Object target = made;
        for (Object behind = AopProxyUtils.getSingletonTarget(target);
                behind != null;
                behind = AopProxyUtils.getSingletonTarget(target)) {
            target = behind;
        }
        return target;
    }

    ReasonedStep work() {
        if (Modifier.isStatic(method.getModifiers())) {
            throw new IllegalArgumentException(
                    "it is static; allowed: a method of the bean itself");
        }
        if (isOnProxy()) {
            return new MethodStep(bean, AopUtils.selectInvocableMethod(method, bean.getClass()));
        }
        Object target = target();
        if (AopUtils.isAopProxy(target)) {
            throw new IllegalArgumentException("bean \"" + beanName
                    + "\" is a proxy that does not have it, of objects that change; allowed: a public method of its"
                    + " interfaces, or of its class if that is what it is a proxy of");
        }
        return new MethodStep(target, method);
    }

    /**
     * A proxy has no method that is private, and one of interfaces none that is in none of them. One that it cannot override
     * it has, but would call it on itself, an object in which nothing is set.
     */
    private boolean isOnProxy() {
        if (bean != made || AopUtils.isAopProxy(bean)) {
            return isOverridable() && isThere();
        }
        return true;
    }

    private boolean isOverridable() {
        int modifiers = method.getModifiers();
        boolean visible = Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers)
                || method.getDeclaringClass().getPackage() == bean.getClass().getPackage();
        return visible && !Modifier.isPrivate(modifiers) && !Modifier.isFinal(modifiers);
    }

    private boolean isThere() {
        try {
            AopUtils.selectInvocableMethod(method, bean.getClass());
            return true;
        } catch (IllegalStateException notThere) {
            return false;
        }
    }
}
