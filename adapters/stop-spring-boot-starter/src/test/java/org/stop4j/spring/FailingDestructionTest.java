package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.spring.Application.step;

import jakarta.annotation.PreDestroy;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.Scope;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.StepReport.Result;

import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is thrown when a bean is destroyed, which Spring logs and forgets. */
class FailingDestructionTest {
    /** What was called, in its order. */
    private static final List<String> CALLS = new CopyOnWriteArrayList<>();

    private static Application start(Class<?>... sources) {
        CALLS.clear();
        return Application.start(WebApplicationType.NONE, List.of(), sources);
    }

    private static void fail(String by) {
        CALLS.add(by);
        throw new IllegalStateException(by + " fails");
    }

    // ---- each way to be told

    static class Annotated {
        @PreDestroy
        private void end() {
            fail("annotated");
        }
    }

    static class Heir extends Annotated {}

    static class Closing implements AutoCloseable {
        @Override
        public void close() {
            fail("closeable");
        }
    }

    static class Named {
        void finish() {
            fail("named");
        }

        public void shutdown() {
            fail("inferred");
        }

        public CompletableFuture<?> later() {
            CALLS.add("later");
            return CompletableFuture.failedFuture(new IllegalStateException("later fails"));
        }

        void error() {
            CALLS.add("error");
            throw new NoClassDefFoundError("error fails");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Failing {
        @Bean
        DisposableBean database() {
            return () -> CALLS.add("database");
        }

        @Bean
        @DependsOn("database")
        Heir annotated() {
            return new Heir();
        }

        /** Declared as what does not tell that it is disposable. */
        @Bean
        @DependsOn("database")
        Object disposable() {
            return (DisposableBean) () -> fail("disposable");
        }

        @Bean
        @DependsOn("database")
        Closing closeable() {
            return new Closing();
        }

        @Bean(destroyMethod = "finish")
        @DependsOn("database")
        Named named() {
            return new Named();
        }

        @Bean
        @DependsOn("database")
        Named inferred() {
            return new Named();
        }

        @Bean(destroyMethod = "later")
        @DependsOn("database")
        Named later() {
            return new Named();
        }

        @Bean(destroyMethod = "error")
        @DependsOn("database")
        Named error() {
            return new Named();
        }
    }

    @Test
    void whatIsThrownWhenABeanIsDestroyedIsInTheReportAndTheOthersAreDestroyed() throws Exception {
        List<String> all = List.of(
                "annotated", "disposable", "closeable", "named", "inferred", "later", "error");
        try (Application application = start(Failing.class)) {
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.FAILED);
            assertThat(report.exitCode()).isEqualTo(1);
            for (String bean : all) {
                assertThat(step(report, "bean " + bean).result())
                        .as(report.toText())
                        .isEqualTo(Result.FAILED);
                assertThat(step(report, "bean " + bean).failure()).hasMessage(bean + " fails");
            }
            assertThat(step(report, "bean database").result()).isEqualTo(Result.DONE);
            assertThat(CALLS).endsWith("database").hasSize(all.size() + 1).doesNotHaveDuplicates();
        }
    }

    // ---- several ways at once

    static class Thrice implements DisposableBean {
        @PreDestroy
        void first() {
            fail("first");
        }

        @Override
        public void destroy() {
            fail("second");
        }

        void finish() {
            fail("third");
        }
    }

    static class Same implements DisposableBean, AutoCloseable {
        @PreDestroy
        @Override
        public void destroy() {
            fail("same");
        }

        @PreDestroy
        @Override
        public void close() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Several {
        @Bean(destroyMethod = "finish")
        Thrice thrice() {
            return new Thrice();
        }

        @Bean
        Same same() {
            return new Same();
        }
    }

    @Test
    void allThatABeanWantsToBeCalledIsCalledOnceAndInItsOrderWhateverIsThrown() throws Exception {
        try (Application application = start(Several.class)) {
            Report report = application.end();
            assertThat(step(report, "bean thrice").failure())
                    .hasMessage("first fails")
                    .satisfies(first -> assertThat(first.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("second fails", "third fails"));
            assertThat(step(report, "bean same").failure()).hasMessage("same fails");
            assertThat(CALLS).containsExactlyInAnyOrder("same", "first", "second", "third");
            assertThat(CALLS).containsSubsequence("first", "second", "third");
        }
    }

    // ---- proxies

    interface Sending {
        default void send() {}
    }

    static class Sender implements Sending {
        @PreDestroy
        void end() {
            fail("sender");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Proxied {
        @Bean
        Sending sender() {
            return new Sender();
        }

        @Bean
        static BeanPostProcessor proxying() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof Sender
                            ? ProxyFactory.getProxy(Sending.class, (MethodInterceptor)
                                    call -> call.getMethod().invoke(bean, call.getArguments()))
                            : bean;
                }
            };
        }
    }

    @Test
    void aBeanBehindAProxyOfItsInterfaceHasAStepWithItsFailure() throws Exception {
        try (Application application = start(Proxied.class)) {
            assertThat(AopUtils.isJdkDynamicProxy(application.context.getBean("sender")))
                    .isTrue();
            assertThat(step(application.end(), "bean sender").failure()).hasMessage("sender fails");
            assertThat(CALLS).containsExactly("sender");
        }
    }

    // ---- who has no step

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class LeftOut {
        @Bean
        Closing closing() {
            return new Closing();
        }

        @Bean
        StepCustomizer leavingOut() {
            return step -> {
                if (step.beanName().equals("closing")) {
                    step.leaveOut();
                }
            };
        }
    }

    @Test
    void oneThatHasNoStepOfItsOwnFailsTheStepThatDestroysTheRest() throws Exception {
        try (Application application = start(LeftOut.class)) {
            Report report = application.end();
            assertThat(step(report, ContextClosing.CONTEXT).failure())
                    .hasMessageContaining("closing")
                    .hasRootCauseMessage("closeable fails");
            assertThat(CALLS).containsExactly("closeable");
            assertThat(application.context.isActive()).isFalse();
        }
    }

    // ---- what is left to Spring

    static class Publishing {
        public Mono<Void> close() {
            return Mono.fromRunnable(() -> CALLS.add("published"));
        }

        public void end(boolean force) {
            CALLS.add("forced " + force);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class LeftToSpring {
        @Bean
        Publishing publishing() {
            return new Publishing();
        }

        @Bean(destroyMethod = "end")
        Publishing forced() {
            return new Publishing();
        }
    }

    @Test
    void whatOnlySpringKnowsHowToCallItCalls() throws Exception {
        try (Application application = start(LeftToSpring.class)) {
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(CALLS).containsExactly("forced true", "published");
        }
    }

    // ---- others of the same class, and of the same name

    static class Both implements DisposableBean {
        @PreDestroy
        void annotated() {
            CALLS.add("annotated");
        }

        @Override
        public void destroy() {
            CALLS.add("destroyed");
        }
    }

    /** The name of an imported bean is that of its class; and so is that of one which is made by the way. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Both.class)
    static class Importing {
        @Bean
        static BeanFactoryPostProcessor scope() {
            return beans -> beans.registerScope("of test", new OfTest());
        }

        @Bean
        @org.springframework.context.annotation.Scope("of test")
        Both scoped() {
            return new Both();
        }
    }

    static class OfTest implements Scope {
        static final List<Runnable> ENDS = new ArrayList<>();
        private final Map<String, Object> made = new ConcurrentHashMap<>();

        @Override
        public Object get(String name, ObjectFactory<?> factory) {
            return made.computeIfAbsent(name, key -> factory.getObject());
        }

        @Override
        public Object remove(String name) {
            return Objects.requireNonNull(made.remove(name));
        }

        @Override
        @SuppressWarnings(
                "NullAway") // null is what it has to say in the one version, and may in the other
        public @Nullable Object resolveContextualObject(String key) {
            return null;
        }

        @Override
        public String getConversationId() {
            return "of test";
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {
            ENDS.add(callback);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void oneOfTheSameClassThatIsDestroyedByTheWayIsCalledOnceAndSoIsTheBean(
            boolean made, boolean scoped) throws Exception {
        OfTest.ENDS.clear();
        try (Application application = start(Importing.class)) {
            if (made) {
                AutowireCapableBeanFactory beans =
                        application.context.getAutowireCapableBeanFactory();
                Both another = beans.createBean(Both.class);
                beans.destroyBean(another);
            }
            if (scoped) {
                application.context.getBean("scoped");
                OfTest.ENDS.forEach(Runnable::run);
            }
            assertThat(CALLS).containsExactly("annotated", "destroyed");
            assertThat(application.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(CALLS).containsExactly("annotated", "destroyed", "annotated", "destroyed");
        }
    }
}
