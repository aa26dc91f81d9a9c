package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;

import java.util.List;

/** Tells the context of a test what it is, so that its stop installs nothing. */
final class TestCustomizerFactory implements ContextCustomizerFactory {
    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configuration) {
        return new Marking();
    }

    /** A record, so that equal: one that is not would make each test class a context of its own. */
    private record Marking() implements ContextCustomizer {
        @Override
        public void customizeContext(
                org.springframework.context.ConfigurableApplicationContext context,
                org.springframework.test.context.MergedContextConfiguration configuration) {
            context.getBeanFactory().registerSingleton(Surroundings.TEST_MARKER, true);
        }
    }
}
