package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Calls what a bean wants to be called when it is destroyed, in Spring's place: Spring logs what is thrown there, and tells
 * nobody. Here it is kept for the step that destroys the bean.
 *
 * <p>Spring lets others do that: a definition can be told that a method is managed by somebody else ({@link
 * RootBeanDefinition#registerExternallyManagedDestroyMethod}), and a post-processor is asked before a bean is destroyed.
 * What is told there is exactly what is called here, at the same place in the order: those of {@code @PreDestroy}, then
 * {@code DisposableBean.destroy}, then what the definition names, or Spring has inferred. Taken over are those of
 * singletons, and not all: a method that takes something, or that returns a publisher, is left to Spring.
 *
 * <p>Unordered, so that it comes after the others that look at definitions, and after {@link PreDestroyMethods}.
 */
final class DestroyMethods
        implements MergedBeanDefinitionPostProcessor,
                InstantiationAwareBeanPostProcessor,
                DestructionAwareBeanPostProcessor {
    private static final Log LOG = LogFactory.getLog(DestroyMethods.class);

    private static final String DESTROY = "destroy";

    private final PreDestroyMethods annotated;
    /** By the name of the bean. */
    private final Map<String, Taken> taken = new ConcurrentHashMap<>();

    private final Set<Class<?>> types = ConcurrentHashMap.newKeySet();
    /** By the name of the bean, until somebody takes them. */
    private final Map<String, Throwable> failures = new ConcurrentHashMap<>();

    /** Whether there are steps that ask for failures. */
    private volatile boolean asked;

    DestroyMethods(PreDestroyMethods annotated) {
        this.annotated = annotated;
    }

    /** What is called for one bean. */
    private static final class Taken {
        final Collection<Call> calls;
        /** Null until it is made: others may be destroyed that only bear the name, which can be that of their class. */
        volatile @Nullable Object bean;

        Taken(Collection<Call> calls) {
            this.calls = calls;
        }
    }

    private record Call(String name, Body body) {
        /** Not by reflection: in a native image nobody knows of it. */
        static final Call OF_SPRING = new Call(DESTROY, bean -> {
            ((DisposableBean) bean).destroy();
            return null;
        });

        static Call of(Method method) {
            return new Call(method.getName(), bean -> {
                ReflectionUtils.makeAccessible(method);
                return method.invoke(bean);
            });
        }

        interface Body {
            @Nullable
            Object call(Object bean) throws Exception;
        }
    }

    // ---- taking over

    @Override
    public void postProcessMergedBeanDefinition(
            RootBeanDefinition definition, Class<?> type, String name) {
        if (!definition.isSingleton()) {
            return;
        }
        List<Call> calls = new ArrayList<>();
        if (DisposableBean.class.isAssignableFrom(type) && !isManaged(definition, DESTROY)) {
            definition.registerExternallyManagedDestroyMethod(DESTROY);
            calls.add(Call.OF_SPRING);
        }
        takeNamed(definition, type).forEach(method -> calls.add(Call.of(method)));
        if (!calls.isEmpty() || !annotated.of(type).isEmpty()) {
            types.add(type);
            taken.put(name, new Taken(calls));
        }
    }

    /** All that the definition names, or none: Spring asks for the first whether it is managed, and then calls them all. */
    private static List<Method> takeNamed(RootBeanDefinition definition, Class<?> type) {
        String[] names = names(definition, type);
        List<Method> methods = new ArrayList<>();
        if (names == null || names.length == 0 || isManaged(definition, names[0])) {
            return methods;
        }
        for (String name : names) {
            Method method = method(definition, type, name);
            if (method == null || !isPlain(method)) {
                return List.of();
            }
            methods.add(method);
        }
        for (String name : names) {
            definition.registerExternallyManagedDestroyMethod(name);
        }
        return methods;
    }

    /** The names of methods that a definition says, or Spring infers for that type. */
    static String @Nullable [] names(RootBeanDefinition definition, Class<?> type) {
        String said = definition.getDestroyMethodName();
        boolean inferred = said == null || AbstractBeanDefinition.INFER_METHOD.equals(said);
        if (inferred
                && !AutoCloseable.class.isAssignableFrom(type)
                && !(said != null && hasOne(type))) {
            return null; // as for most, which Spring finds out by two exceptions
        }
        RootBeanDefinition copy = definition.cloneBeanDefinition();
        copy.setTargetType(type);
        copy.resolveDestroyMethodIfNecessary();
        return copy.getDestroyMethodNames();
    }

    private static boolean hasOne(Class<?> type) {
        return ReflectionUtils.findMethod(type, "close") != null
                || ReflectionUtils.findMethod(type, "shutdown") != null;
    }

    /** As Spring asks: by the plain name, too, if it was told a qualified one. */
    private static boolean isManaged(RootBeanDefinition definition, String name) {
        return definition.getExternallyManagedDestroyMethods().stream()
                .anyMatch(one -> one.equals(name) || one.endsWith('.' + name));
    }

    private static @Nullable Method method(
            RootBeanDefinition definition, Class<?> type, String name) {
        int dot = name.lastIndexOf('.');
        String plain = name.substring(dot + 1);
        Class<?> declaring = dot < 0
                ? type
                : ClassUtils.resolveClassName(name.substring(0, dot), type.getClassLoader());
        Method found = definition.isNonPublicAccessAllowed()
                ? BeanUtils.findMethodWithMinimalParameters(declaring, plain)
                : BeanUtils.findMethodWithMinimalParameters(declaring.getMethods(), plain);
        return found == null ? null : ClassUtils.getPubliclyAccessibleMethodIfPossible(found, type);
    }

    private static boolean isPlain(Method method) {
        Class<?> result = method.getReturnType();
        return method.getParameterCount() == 0
                && result != Object.class
                && (Future.class.isAssignableFrom(result)
                        || ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) == null);
    }

    @Override
    public boolean postProcessAfterInstantiation(Object bean, String name) {
        Taken its = taken.get(name);
        if (its != null && its.bean == null) {
            its.bean = bean;
        }
        return true;
    }

    // ---- destroying

    /** Whether something is called when this bean is destroyed; it may be behind a proxy. */
    boolean areThereFor(String name) {
        return taken.containsKey(name);
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return types.contains(bean.getClass()) || !annotated.of(bean.getClass()).isEmpty();
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String name) {
        annotated.of(bean.getClass()).forEach(method -> run(Call.of(method), bean, name));
        Taken its = taken.get(name);
        Object made = its == null ? null : its.bean;
        if (its != null && (made == null || made == bean)) {
            taken.remove(name);
            its.calls.forEach(call -> run(call, bean, name));
        }
    }

    private void run(Call call, Object bean, String name) {
        try {
            Object result = call.body().call(bean);
            if (result instanceof Future<?> future) {
                future.get();
            }
        } catch (InvocationTargetException | ExecutionException e) {
            failed(e.getCause() == null ? e : e.getCause(), call, name);
        } catch (Exception | Error e) {
            failed(e, call, name);
        }
    }

    private void failed(Throwable failure, Call call, String name) {
        if (!asked) {
            LOG.warn(
                    "bean \"" + name + "\" is destroyed, but " + call.name() + "() has failed",
                    failure);
            return;
        }
        Throwable first = failures.putIfAbsent(name, failure);
        if (first != null && first != failure) {
            first.addSuppressed(failure);
        }
    }

    // ---- for the steps

    /** From now on, whoever destroys beans asks what has failed. */
    void keepFailures() {
        asked = true;
    }

    /** Throws what was thrown when this bean was destroyed, if anything was. */
    void check(String name) throws Exception {
        Throwable failure = failures.remove(name);
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (Exception) failure;
        }
    }

    /** Throws what was thrown, if anything was, when those were destroyed for which nobody has asked. */
    void checkRest() throws Exception {
        Exception all = null;
        for (String name : List.copyOf(failures.keySet())) {
            Throwable failure = failures.remove(name);
            if (failure != null) {
                Exception one = new IllegalStateException(
                        "bean \"" + name + "\" is destroyed, but that has failed", failure);
                if (all == null) {
                    all = one;
                } else {
                    all.addSuppressed(one);
                }
            }
        }
        if (all != null) {
            throw all;
        }
    }
}
