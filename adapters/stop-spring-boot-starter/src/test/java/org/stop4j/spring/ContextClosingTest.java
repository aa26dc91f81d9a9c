package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.spring.Application.step;

import jakarta.annotation.PreDestroy;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.ContextClosedEvent;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** The parts of a context, in the order of a stop, and what of them goes wrong. */
class ContextClosingTest {
    private static final List<String> QUICK = List.of("stop.timeout=4s");

    /** What was done, in its order, by whichever bean. */
    private static final List<String> DONE = new CopyOnWriteArrayList<>();

    private static Application start(List<String> properties, Class<?>... sources) {
        DONE.clear();
        return Application.start(WebApplicationType.NONE, properties, sources);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    /** Runs from its start until it is stopped; then does what a test wants. */
    abstract static class Running implements SmartLifecycle {
        private volatile boolean running;

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }

    /** One that says when it is stopped. */
    static final class Telling extends Running {
        private final String name;
        private final int phase;

        Telling(String name, int phase) {
            this.name = name;
            this.phase = phase;
        }

        @Override
        public void stop() {
            super.stop();
            DONE.add("lifecycle " + name);
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    private static DisposableBean telling(String name) {
        return () -> DONE.add("bean " + name);
    }

    @Test
    void itRunsOnTheLineOfBootThatIsMeant() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("boot.version"));
    }

    // ---- the order

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Ordered {
        @Bean
        DisposableBean database() {
            return telling("database");
        }

        @Bean
        @DependsOn("database")
        DisposableBean orders() {
            return telling("orders");
        }

        @Bean
        SmartLifecycle early() {
            return new Telling("early", 100);
        }

        @Bean
        SmartLifecycle late() {
            return new Telling("late", -100);
        }

        @Bean
        ApplicationListener<ContextClosedEvent> listener() {
            return event -> DONE.add("event");
        }
    }

    @Test
    void aStopPublishesTheEventThenStopsLifecyclesThenDestroysBeans() throws Exception {
        try (Application application = start(List.of(), Ordered.class)) {
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(application.context.isActive()).isFalse();
            assertThat(DONE)
                    .containsExactly(
                            "event",
                            "lifecycle early",
                            "lifecycle late",
                            "bean orders",
                            "bean database");
            assertThat(report.steps())
                    .extracting(StepReport::name)
                    .containsSubsequence(
                            ContextClosing.EVENT,
                            "lifecycle early",
                            "lifecycle late",
                            "bean orders",
                            "bean database",
                            ContextClosing.CONTEXT);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Asking {
        @Bean
        Telling used() {
            return new Telling("used", 0);
        }

        /** Asks for others when they are destroyed already, or were never made. */
        @Bean
        DisposableBean asking(ObjectProvider<Telling> used, ObjectProvider<StringBuilder> lazy) {
            return () -> {
                DONE.add("has " + used.getObject().name);
                try {
                    DONE.add("made " + lazy.getObject());
                } catch (org.springframework.beans.factory.BeanCreationNotAllowedException e) {
                    DONE.add("refused");
                }
            };
        }

        @Bean
        @org.springframework.context.annotation.Lazy
        StringBuilder lazy() {
            return new StringBuilder("lazy");
        }
    }

    @Test
    void whileBeansAreDestroyedThoseThatAreThereAreFoundAndNoneIsMade() throws Exception {
        try (Application application = start(List.of(), Asking.class)) {
            assertThat(application.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(DONE).containsExactly("lifecycle used", "has used", "refused");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OfBuses {
        @Bean
        String stop() {
            return "Zoo";
        }
    }

    @Test
    void aBeanOfTheUsersMayBeCalledStop() throws Exception {
        try (Application application = start(List.of(), OfBuses.class)) {
            assertThat(application.context.getBean("stop")).isEqualTo("Zoo");
            assertThat(application.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    // ---- what goes wrong

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class NeverCalledBack extends Ordered {
        @Bean
        SmartLifecycle silent() {
            return new Running() {
                @Override
                public void stop(Runnable callback) {}
            };
        }
    }

    @Test
    void aLifecycleThatNeverCallsBackIsNamedAndTheOthersAreStopped() throws Exception {
        try (Application application = start(QUICK, NeverCalledBack.class)) {
            Report report = application.end();
            StepReport silent = step(report, "lifecycle silent");
            assertThat(silent.result()).isEqualTo(Result.INTERRUPTED);
            assertThat(silent.failure())
                    .hasMessageContaining("stop(Runnable) has returned, but did not call back");
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(DONE).contains("lifecycle early", "lifecycle late", "bean database");
            assertThat(application.context.isActive()).isFalse();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Throwing extends Ordered {
        @Bean
        SmartLifecycle throwing() {
            return new Running() {
                @Override
                public void stop() {
                    throw new IllegalStateException("the broker is gone");
                }
            };
        }
    }

    @Test
    void aLifecycleThatThrowsHasFailedAndTheOthersAreStopped() throws Exception {
        try (Application application = start(QUICK, Throwing.class)) {
            Report report = application.end();
            assertThat(step(report, "lifecycle throwing").failure())
                    .hasMessage("the broker is gone");
            assertThat(report.exitCode()).isEqualTo(1);
            assertThat(DONE).contains("lifecycle early", "lifecycle late", "bean database");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class CannotTell extends Ordered {
        @Bean
        SmartLifecycle cannotTell(Stop stop) {
            return new Running() {
                @Override
                public boolean isRunning() {
                    if (stop.reason().isPresent()) {
                        throw new IllegalStateException("the database is gone");
                    }
                    return super.isRunning();
                }
            };
        }
    }

    @Test
    void aLifecycleThatCannotTellWhetherItRunsHasFailedAndTheOthersAreStopped() throws Exception {
        try (Application application = start(QUICK, CannotTell.class)) {
            Report report = application.end();
            assertThat(step(report, "lifecycle cannotTell").failure())
                    .hasMessage("the database is gone");
            assertThat(report.exitCode()).isEqualTo(1);
            assertThat(DONE)
                    .containsExactly(
                            "event",
                            "lifecycle early",
                            "lifecycle late",
                            "bean orders",
                            "bean database");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithFactory extends Ordered {
        @Bean
        FactoryBean<Telling> factory() {
            return new FactoryBean<>() {
                @Override
                public Telling getObject() {
                    throw new IllegalStateException("made by a stop");
                }

                @Override
                public Class<?> getObjectType() {
                    return Telling.class;
                }
            };
        }

        @Bean("with a\ttab")
        DisposableBean withTab() {
            return telling("with a tab");
        }
    }

    @Test
    void aBeanThatWasNotMadeOrHasAStrangeNameHindersNothing() throws Exception {
        try (Application application = start(QUICK, WithFactory.class)) {
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(step(report, "bean with a?tab").result()).isEqualTo(Result.DONE);
            assertThat(DONE)
                    .containsSubsequence("event", "lifecycle early", "lifecycle late")
                    .contains("bean with a tab", "bean database");
        }
    }

    static final class Hanging {
        private final CountDownLatch testIsOver = new CountDownLatch(1);

        @PreDestroy
        void flush() {
            boolean over = false;
            while (!over) {
                try {
                    testIsOver.await();
                    over = true;
                } catch (InterruptedException deaf) {
                    // on purpose
                }
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Hung extends Ordered {
        @Bean
        @DependsOn("database")
        Hanging hanging() {
            return new Hanging();
        }
    }

    @Test
    void aPreDestroyThatHangsIsNamedWithItsStackAndTheOtherBeansAreDestroyed() throws Exception {
        try (Application application = start(QUICK, Hung.class)) {
            Hanging hanging = application.context.getBean(Hanging.class);
            Report report = application.end();
            StepReport step = step(report, "bean hanging");
            assertThat(step.result()).isEqualTo(Result.HUNG);
            assertThat(step.toString()).contains(Hanging.class.getName() + ".flush");
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(report.took()).isLessThan(java.time.Duration.ofSeconds(5));
            assertThat(DONE).contains("bean database");
            assertThat(application.context.isActive()).isFalse();
            hanging.testIsOver.countDown();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class HungAtLast extends Ordered {
        @Bean
        Hanging hanging() {
            return new Hanging();
        }
    }

    @Test
    void whatHangsWithoutAStepOfItsOwnIsNamedToo() throws Exception {
        List<String> properties = List.of("stop.timeout=2s", "stop.find.except=hanging");
        try (Application application = start(properties, HungAtLast.class)) {
            Hanging hanging = application.context.getBean(Hanging.class);
            Report report = application.end();
            hanging.testIsOver.countDown();
            StepReport step = step(report, ContextClosing.CONTEXT);
            assertThat(step.result()).isEqualTo(Result.HUNG);
            assertThat(step.toString()).contains(Hanging.class.getName() + ".flush");
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(DONE).contains("bean database");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class HangingListener extends Ordered {
        static final CountDownLatch TEST_IS_OVER = new CountDownLatch(1);

        @Bean
        ApplicationListener<ContextClosedEvent> hangingListener() {
            return event -> {
                while (TEST_IS_OVER.getCount() > 0) {
                    try {
                        TEST_IS_OVER.await();
                    } catch (InterruptedException deaf) {
                        // on purpose
                    }
                }
            };
        }
    }

    @Test
    void aListenerThatHangsKeepsNeitherLifecyclesNorBeans() throws Exception {
        try (Application application = start(QUICK, HangingListener.class)) {
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPED, Application.PATIENCE))
                    .isTrue();
            Report report = application.report();
            HangingListener.TEST_IS_OVER.countDown();
            assertThat(step(report, ContextClosing.EVENT).toString())
                    .contains(HangingListener.class.getName());
            assertThat(DONE).contains("lifecycle early", "lifecycle late", "bean database");
            assertThat(report.exitCode()).isEqualTo(3);
        }
    }

    // ---- whoever else closes it

    @Test
    void whoClosesTheContextHasItClosedInOrderAndLivesOn() throws Exception {
        try (Application application = start(List.of(), Ordered.class)) {
            Stop stop = application.stop;
            application.context.close();
            assertThat(stop.awaitEnd(java.time.Duration.ZERO)).isTrue();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(report.reason().detail()).isEqualTo("the application context is closed");
            assertThat(DONE)
                    .containsExactly(
                            "event",
                            "lifecycle early",
                            "lifecycle late",
                            "bean orders",
                            "bean database");
        }
    }

    @Test
    void whoClosesItWhileItStopsChangesNothing() throws Exception {
        try (Application application = start(List.of(), Ordered.class)) {
            application.stop.request("by a test");
            application.context.close();
            assertThat(application.report().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(application.context.isActive()).isFalse();
            assertThat(DONE).hasSize(5).doesNotHaveDuplicates();
        }
    }

    /** Spring may have it paused, or somebody else: what runs then is stopped, and started again. */
    @Test
    void aContextIsStoppedAndStartedAgainAsWithoutUs() throws Exception {
        try (Application application = start(List.of(), Ordered.class)) {
            application.context.stop();
            assertThat(application.context.isRunning()).isFalse();
            assertThat(DONE).containsExactly("lifecycle early", "lifecycle late");
            application.context.start();
            assertThat(application.context.isRunning()).isTrue();
            assertThat(application.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(DONE)
                    .endsWith("lifecycle early", "lifecycle late", "bean orders", "bean database");
        }
    }
}
