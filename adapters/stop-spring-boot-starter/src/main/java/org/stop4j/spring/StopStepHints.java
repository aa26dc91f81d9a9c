package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

import java.lang.reflect.Method;
import java.util.Set;

/** Has a native image keep the methods that beans declare to be steps: they are called by reflection. */
final class StopStepHints implements BeanRegistrationAotProcessor {
    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Set<Method> steps = StopSteps.methodsOf(ClassUtils.getUserClass(bean.getBeanClass()))
                .keySet();
        if (steps.isEmpty()) {
            return null;
        }
        return (generation, code) -> steps.forEach(method -> generation
                .getRuntimeHints()
                .reflection()
                .registerMethod(method, ExecutableMode.INVOKE));
    }
}
