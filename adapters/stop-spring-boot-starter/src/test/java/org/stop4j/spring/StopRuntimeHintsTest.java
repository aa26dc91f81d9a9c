package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeHint;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.javapoet.ClassName;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.ReflectionUtils;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;

class StopRuntimeHintsTest {
    @Test
    void springFindsTheHints() {
        List<RuntimeHintsRegistrar> found = SpringFactoriesLoader.forResourceLocation(
                        "META-INF/spring/aot.factories")
                .load(RuntimeHintsRegistrar.class);
        assertThat(found).hasAtLeastOneElementOfType(StopRuntimeHints.class);
    }

    @Test
    void theyKeepTheProxiesAndWhatIsReachedByReflection() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        new StopRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThat(hints)
                .matches(RuntimeHintsPredicates.proxies().forInterfaces(LifecycleProcessor.class))
                .matches(RuntimeHintsPredicates.proxies()
                        .forInterfaces(Class.forName("sun.misc.SignalHandler")))
                .matches(RuntimeHintsPredicates.reflection()
                        .onType(Class.forName("sun.misc.Signal")));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    @Test
    void theyKeepTheMethodsByWhichTheServerIsFound() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        new StopRuntimeHints().registerHints(hints, getClass().getClassLoader());
        try (Application application =
                Application.start(WebApplicationType.SERVLET, List.of(), App.class)) {
            Method server = application.context.getClass().getMethod("getWebServer");
            Method tomcat = server.invoke(application.context).getClass().getMethod("getTomcat");
            for (Method method : List.of(server, tomcat)) {
                assertThat(hints)
                        .matches(RuntimeHintsPredicates.reflection()
                                .onType(method.getDeclaringClass())
                                .withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS));
            }
            application.end();
        }
    }

    static Stream<Class<?>> executors() {
        return Stream.of(
                ThreadPoolTaskExecutor.class,
                ThreadPoolTaskScheduler.class,
                ConcurrentTaskExecutor.class,
                ConcurrentTaskScheduler.class,
                SimpleAsyncTaskExecutor.class,
                SimpleAsyncTaskScheduler.class,
                TaskExecutorAdapter.class);
    }

    @ParameterizedTest
    @MethodSource("executors")
    void theyKeepEachFieldThatIsReadOfAnExecutor(Class<?> executor) {
        RuntimeHints hints = new RuntimeHints();
        new StopRuntimeHints().registerHints(hints, getClass().getClassLoader());
        Field decorator = ReflectionUtils.findField(executor, "taskDecorator");
        assertThat(decorator).as("what there is to decorate").isNotNull();
        for (String name :
                List.of("taskDecorator", "executor", "fixedDelayExecutor", "triggerExecutor")) {
            Field field = ReflectionUtils.findField(executor, name);
            if (field != null && field.getType() != Executor.class) {
                assertThat(hints).matches(reads(field));
            }
        }
    }

    /** Spring's own predicate for that has another name, and another meaning, in each line. */
    private static Predicate<RuntimeHints> reads(Field field) {
        return hints -> {
            TypeHint type = hints.reflection().getTypeHint(field.getDeclaringClass());
            return type != null
                    && type.fields().anyMatch(one -> one.getName().equals(field.getName()));
        };
    }

    static class WithSteps {
        @SuppressWarnings("UnusedMethod") // by reflection
        @StopStep
        private void end() {}
    }

    @Test
    void theMethodsThatBeansDeclareToBeStepsAreKept() {
        TestGenerationContext generation = new TestGenerationContext();
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            context.registerBean("withSteps", WithSteps.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        assertThat(generation.getRuntimeHints().reflection().getTypeHint(WithSteps.class))
                .satisfies(type -> assertThat(type.methods())
                        .anyMatch(method -> method.getName().equals("end")
                                && method.getMode() == ExecutableMode.INVOKE));
    }

    /** Generates nothing that is kept. */
    private static final class TestGenerationContext extends DefaultGenerationContext {
        TestGenerationContext() {
            super(
                    new ClassNameGenerator(ClassName.get(StopRuntimeHintsTest.class)),
                    new InMemoryGeneratedFiles());
        }
    }
}
