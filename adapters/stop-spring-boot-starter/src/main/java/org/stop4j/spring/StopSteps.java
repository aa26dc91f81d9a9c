package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.stop4j.Phase;
import org.stop4j.ReasonedStep;
import org.stop4j.RegisteredStep;
import org.stop4j.Stop;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Registers the steps that beans declare by {@link StopStep}, when they are made; looks, at the end, whether one was missed;
 * and takes them out if their context is closed while the process, whose stop is another's, lives on.
 */
final class StopSteps
        implements BeanPostProcessor, BeanFactoryAware, SmartInitializingSingleton, DisposableBean {
    private static final Log LOG = LogFactory.getLog(StopSteps.class);

    /** In which no class has such methods; to look at each of them would take tens of milliseconds at every start. */
    private static final String OF_SPRING = "org.springframework.";

    private final ObjectProvider<Stop> stop;
    private final Set<Class<?>> without = ConcurrentHashMap.newKeySet();
    /** Of those that come after nothing, by name. */
    private final Map<String, Phase> phases = new ConcurrentHashMap<>();
    /** By the name of the bean: what is being made, before somebody puts something of another class in its place. */
    private final Map<String, Object> made = new ConcurrentHashMap<>();
    /** What has steps, by identity: the same object may be a bean, and behind the proxy that is another one. */
    private final Map<Object, Set<Method>> registered =
            Collections.synchronizedMap(new IdentityHashMap<>());

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final Queue<RegisteredStep> steps = new ConcurrentLinkedQueue<>();
    private @Nullable ConfigurableListableBeanFactory beans;

    StopSteps(ObjectProvider<Stop> stop) {
        this.stop = stop;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = (ConfigurableListableBeanFactory) factory;
    }

    /** The names of those in a phase that come before its beans are destroyed: that do not say themselves what is before. */
    List<String> beforeBeans(Phase phase) {
        List<String> before = new ArrayList<>();
        phases.forEach((name, its) -> {
            if (its.equals(phase)) {
                before.add(name);
            }
        });
        return before;
    }

    // ---- finding

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (!methods(bean.getClass()).isEmpty()) {
            made.put(beanName, bean);
        }
        return bean;
    }

    /** Afterwards: then what is called is the proxy. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Object before = made.remove(beanName);
        find(bean, before == null ? bean : before, beanName);
        return bean;
    }

    private void find(Object bean, Object before, String beanName) {
        if (!(bean instanceof ScopedObject)) { // which stands for a bean that has its own
            methods(AopUtils.getTargetClass(before))
                    .forEach((method, said) ->
                            register(new DeclaredStep(bean, before, beanName, method), said));
        }
    }

    private Map<Method, StopStep> methods(Class<?> type) {
        if (without.contains(type)) {
            return Map.of();
        }
        Map<Method, StopStep> methods = methodsOf(type);
        if (methods.isEmpty()) {
            without.add(type);
        }
        return methods;
    }

    static Map<Method, StopStep> methodsOf(Class<?> type) {
        if (type.getName().startsWith(OF_SPRING)
                || !AnnotationUtils.isCandidateClass(type, StopStep.class)) {
            return Map.of();
        }
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<StopStep>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, StopStep.class));
    }

    // ---- what was missed

    @Override
    public void afterSingletonsInstantiated() {
        ConfigurableListableBeanFactory all = beans;
        if (all == null) {
            return;
        }
        for (String name : all.getSingletonNames()) {
            Object bean = all.getSingleton(name);
            if (bean != null && !names.contains(name)) {
                // Not made by Spring, or made for a post-processor, before this one was there.
                find(bean, bean, name);
            }
        }
        for (String name : all.getBeanDefinitionNames()) {
            if (!all.getMergedBeanDefinition(name).isAbstract() && !names.contains(name)) {
                check(all, name);
            }
        }
    }

    /** Of one that nobody may ever ask for, who declares that is to know at once. */
    private void check(ConfigurableListableBeanFactory all, String name) {
        Class<?> type = all.getType(name, false);
        if (type == null || all.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(name))) {
            return;
        }
        for (Method method : methods(ClassUtils.getUserClass(type)).keySet()) {
            boolean isThere = all.containsSingleton(name);
            if (isThere
                    ? !all.isSingleton(name)
                    : !all.getMergedBeanDefinition(name).isSingleton()) {
                throw new StopStepException(method, isNoSingleton(name));
            }
            LOG.info("@StopStep at " + method.getDeclaringClass().getName() + '.' + method.getName()
                    + " is no step yet: bean \"" + name + "\" is not made until it is asked for");
        }
    }

    // ---- registering

    private void register(DeclaredStep declared, StopStep said) {
        try {
            if (!isSingleton(declared)) {
                throw isNoSingleton(declared.beanName());
            }
            names.add(declared.beanName());
            if (registered
                    .computeIfAbsent(declared.target(), target -> ConcurrentHashMap.newKeySet())
                    .add(declared.method())) {
                doRegister(declared, said);
            }
        } catch (RuntimeException e) {
            throw new StopStepException(declared.method(), e);
        }
    }

    private static IllegalArgumentException isNoSingleton(String beanName) {
        String name = ScopedProxyUtils.isScopedTarget(beanName)
                ? ScopedProxyUtils.getOriginalBeanName(beanName)
                : beanName;
        return new IllegalArgumentException(
                "bean \"" + name + "\" is no singleton; allowed: a bean of which there is one");
    }

    private void doRegister(DeclaredStep declared, StopStep said) {
        ReasonedStep work = declared.work();
        Phase phase = Settings.phase(value(said.phase()));
        String name = said.name().isEmpty() ? declared.name() : value(said.name());
        RegisteredStep step = stop.getObject().step(phase, name, work);
        steps.add(step);
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
        if (!steps.isEmpty() && stop.getObject().reason().isEmpty()) {
            steps.forEach(RegisteredStep::close);
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
    private boolean isSingleton(DeclaredStep declared) {
        String name = declared.beanName();
        return beans == null
                || !beans.containsBean(name)
                || beans.isSingleton(
                        declared.isFactory() ? BeanFactory.FACTORY_BEAN_PREFIX + name : name);
    }

    private String value(String said) {
        String value = beans == null ? said : beans.resolveEmbeddedValue(said);
        return value == null ? "" : value.trim();
    }
}
