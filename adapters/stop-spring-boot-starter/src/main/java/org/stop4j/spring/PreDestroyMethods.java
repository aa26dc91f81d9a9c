package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes the methods with {@code @PreDestroy} over from the post-processor of Spring's that would call them, by saying of
 * them, before it does, that they are managed by somebody else.
 *
 * <p>All of a class, and not only those of singletons: Spring's keeps for each class what it has found to be left to it.
 * So whatever bean of that class is destroyed, {@link DestroyMethods} calls them.
 */
final class PreDestroyMethods implements MergedBeanDefinitionPostProcessor, PriorityOrdered {
    private static final String ANNOTATION = "jakarta.annotation.PreDestroy";

    /** In which no class has such methods; to look at each of them would take tens of milliseconds at every start. */
    private static final String OF_SPRING = "org.springframework.";

    private final @Nullable Class<? extends Annotation> annotation;
    private final Map<Class<?>, Collection<Method>> taken = new ConcurrentHashMap<>();

    PreDestroyMethods(ListableBeanFactory beans) {
        // In a context that was made ahead of time it is not there, and such methods are part of
        // the definitions.
        annotation = beans.containsBeanDefinition(
                        AnnotationConfigUtils.COMMON_ANNOTATION_PROCESSOR_BEAN_NAME)
                ? annotation()
                : null;
    }

    private static @Nullable Class<? extends Annotation> annotation() {
        ClassLoader loader = PreDestroyMethods.class.getClassLoader();
        return ClassUtils.isPresent(ANNOTATION, loader)
                ? ClassUtils.resolveClassName(ANNOTATION, loader).asSubclass(Annotation.class)
                : null;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void postProcessMergedBeanDefinition(
            RootBeanDefinition definition, Class<?> type, String name) {
        Class<? extends Annotation> its = annotation;
        if (its == null || !AnnotationUtils.isCandidateClass(type, its)) {
            return;
        }
        Map<String, Method> found = find(type, its);
        for (Method method : found.values()) {
            definition.registerExternallyManagedDestroyMethod(method.getName());
            definition.registerExternallyManagedDestroyMethod(
                    ClassUtils.getQualifiedMethodName(method));
        }
        if (!found.isEmpty()) {
            taken.put(type, List.copyOf(found.values()));
        }
    }

    /** As Spring does: those of a class before those of the class that it extends, and one that is overridden once. */
    private static Map<String, Method> find(Class<?> type, Class<? extends Annotation> annotation) {
        Map<String, Method> found = new LinkedHashMap<>();
        for (Class<?> one = type;
                one != null && one != Object.class && !one.getName().startsWith(OF_SPRING);
                one = one.getSuperclass()) {
            ReflectionUtils.doWithLocalMethods(one, method -> {
                // Spring refuses one that takes something.
                if (method.isAnnotationPresent(annotation) && method.getParameterCount() == 0) {
                    found.putIfAbsent(identifier(method, type), method);
                }
            });
        }
        return found;
    }

    private static String identifier(Method method, Class<?> type) {
        int modifiers = method.getModifiers();
        boolean overridable = Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers)
                || (!Modifier.isPrivate(modifiers)
                        && method.getDeclaringClass()
                                .getPackageName()
                                .equals(type.getPackageName()));
        return overridable ? method.getName() : ClassUtils.getQualifiedMethodName(method);
    }

    /** Those of a class that nobody else calls. */
    Collection<Method> of(Class<?> type) {
        return taken.getOrDefault(type, List.of());
    }
}
