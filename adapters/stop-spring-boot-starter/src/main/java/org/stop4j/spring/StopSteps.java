package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.stop4j.Phase;
import org.stop4j.ReasonedStep;
import org.stop4j.RegisteredStep;
import org.stop4j.Stop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Registers the steps that beans declare by {@link StopStep}, when they are made, and takes them out if their context is
 * closed while the stop, which is another's, goes on.
 */
final class StopSteps implements BeanPostProcessor, BeanFactoryAware, DisposableBean {
    /** In which no class has such methods; to look at each of them would take tens of milliseconds at every start. */
    private static final String OF_SPRING = "org.springframework.";

    private static final int LONGEST_NAME = 100;

    private final ObjectProvider<Stop> stop;
    private final Set<Class<?>> without = ConcurrentHashMap.newKeySet();
    /** Of those that come after nothing, by name. */
    private final Map<String, Phase> phases = new ConcurrentHashMap<>();

    private final Queue<RegisteredStep> registered = new ConcurrentLinkedQueue<>();

    private @Nullable ConfigurableBeanFactory beans;

    StopSteps(ObjectProvider<Stop> stop) {
        this.stop = stop;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = (ConfigurableBeanFactory) factory;
    }

    /** The names of those in a phase that come before its beans are destroyed: that do not say themselves what is before. */
    List<String> beforeBeans(Phase phase) {
        List<String> names = new ArrayList<>();
        phases.forEach((name, its) -> {
            if (its.equals(phase)) {
                names.add(name);
            }
        });
        return names;
    }

    // ---- finding

    /** Afterwards: then what is called is the proxy. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        if (!without.contains(type)) {
            Map<Method, StopStep> methods = methodsOf(type);
            if (methods.isEmpty()) {
                without.add(type);
            }
            methods.forEach((method, said) -> register(bean, beanName, method, said));
        }
        return bean;
    }

    private static Map<Method, StopStep> methodsOf(Class<?> type) {
        if (type.getName().startsWith(OF_SPRING)
                || !AnnotationUtils.isCandidateClass(type, StopStep.class)) {
            return Map.of();
        }
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<StopStep>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, StopStep.class));
    }

    // ---- registering

    private void register(Object bean, String beanName, Method method, StopStep said) {
        try {
            register(new Declared(bean, beanName, method), said);
        } catch (RuntimeException e) {
            throw new StopStepException(method, e);
        }
    }

    private void register(Declared declared, StopStep said) {
        ReasonedStep work = declared.work();
        if (!isSingleton(declared.beanName())) {
            throw new IllegalArgumentException("bean \"" + declared.beanName()
                    + "\" is no singleton; allowed: a bean of which there is one");
        }
        Phase phase = Settings.phase(value(said.phase()));
        String name = said.name().isEmpty() ? declared.name() : value(said.name());
        RegisteredStep step = stop.getObject().step(phase, name, work);
        registered.add(step);
        try {
            describe(step, said);
            if (said.after().length == 0) {
                phases.put(name, phase);
            }
        } catch (RuntimeException e) {
            step.close();
            throw e;
        }
    }

    /** Of a stop that is under way, they are still to come. */
    @Override
    public void destroy() {
        if (!registered.isEmpty() && stop.getObject().reason().isEmpty()) {
            registered.forEach(RegisteredStep::close);
        }
    }

    private void describe(RegisteredStep step, StopStep said) {
        String ceiling = value(said.ceiling());
        if (!ceiling.isEmpty()) {
            try {
                step.ceiling(DurationStyle.detectAndParse(ceiling));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "ceiling is \"" + ceiling
                                + "\"; allowed: a duration of more than zero, as in 5s or 300ms",
                        e);
            }
        }
        for (String other : said.after()) {
            step.after(value(other));
        }
    }

    /** One that is inside of another bean has no definition of its own, and is as single as that one. */
    private boolean isSingleton(String beanName) {
        return beans == null || !beans.containsBean(beanName) || beans.isSingleton(beanName);
    }

    private String value(String said) {
        String value = beans == null ? said : beans.resolveEmbeddedValue(said);
        return value == null ? "" : value.trim();
    }

    /** A method that is to be a step. */
    private record Declared(Object bean, String beanName, Method method) {
        /** Of one that is too long, the end, which tells most. */
        String name() {
            String name = beanName + '.' + method.getName();
            int length = name.length();
            return length <= LONGEST_NAME ? name : '…' + name.substring(length - LONGEST_NAME + 1);
        }

        ReasonedStep work() {
            if (Modifier.isStatic(method.getModifiers())) {
                throw new IllegalArgumentException(
                        "it is static; allowed: a method of the bean itself");
            }
            return new MethodStep(target(), called());
        }

        private Method called() {
            return isOnProxy() ? AopUtils.selectInvocableMethod(method, bean.getClass()) : method;
        }

        private Object target() {
            Object behind = isOnProxy() ? null : AopProxyUtils.getSingletonTarget(bean);
            return behind == null ? bean : behind;
        }

        /** A proxy has no method that is private, and one of interfaces none that is in none of them. */
        private boolean isOnProxy() {
            if (Modifier.isPrivate(method.getModifiers())) {
                return false;
            }
            try {
                AopUtils.selectInvocableMethod(method, bean.getClass());
                return true;
            } catch (IllegalStateException notThere) {
                return false;
            }
        }
    }
}
