package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.stop4j.ApplicationStatus;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Contexts that are closed, or never made, by somebody who is not the stop; and those that are not alone. */
class ForeignCloseTest {
    @TempDir
    private Path place;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    /** As a process has it, but for the signals of this one. */
    private List<String> installed() {
        return List.of("stop.in-tests=true", "stop.signals=", "stop.dir=" + place);
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> file.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("stop"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whatIsClosedAndStartedAgainMeetsTheCommandInTheSamePlace() throws Exception {
        for (int round = 0; round < 3; round++) {
            try (Application application =
                    Application.start(WebApplicationType.NONE, installed(), Empty.class)) {
                assertThat(files()).contains("process.lock", "process.status");
                application.close();
                assertThat(files()).isEmpty();
                assertThat(application.report().outcome()).isEqualTo(Outcome.CLEAN);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Broken {
        @Bean
        String broken(Stop stop) {
            throw new IllegalStateException("broken on purpose, after " + stop.state());
        }
    }

    @Test
    void ofAStartThatFailsNothingStays() throws Exception {
        assertThatThrownBy(
                        () -> Application.start(WebApplicationType.NONE, installed(), Broken.class))
                .rootCause()
                .hasMessage("broken on purpose, after RUNNING");
        assertThat(files()).isEmpty();
        await().atMost(Application.PATIENCE).until(() -> threads().isEmpty());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithCode {
        @Bean
        ExitCodeGenerator code() {
            return () -> 7;
        }
    }

    @Test
    void springApplicationExitStopsInOrderAndTellsItsCode() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, installed(), WithCode.class)) {
            assertThat(SpringApplication.exit(application.context)).isEqualTo(7);
            Report report = application.report();
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(files()).isEmpty();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class StopsWhileStarting {
        static final CompletableFuture<Stop> STOP = new CompletableFuture<>();

        @Bean
        DisposableBean asks(Stop stop) {
            STOP.complete(stop);
            stop.request("while it starts");
            return () -> {};
        }
    }

    @Test
    void aStopThatIsAskedForWhileTheContextIsMadeClosesItWhenItIsThere() throws Exception {
        try {
            Application.run(
                            WebApplicationType.NONE,
                            List.of("stop.timeout=10s"),
                            StopsWhileStarting.class)
                    .close();
        } catch (IllegalStateException closedBeforeItWasReady) {
            // Boot's, which goes on with a context that is closed
        }
        Report report =
                StopsWhileStarting.STOP.join().await(Application.PATIENCE).orElseThrow();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        assertThat(report.steps()).extracting(StepReport::name).contains("bean asks");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ListenersOnOtherThreads {
        static final CompletableFuture<State> AT_DESTRUCTION = new CompletableFuture<>();

        @Bean
        ThreadPoolTaskExecutor events() {
            return new ThreadPoolTaskExecutor();
        }

        @Bean
        ApplicationEventMulticaster applicationEventMulticaster(
                @Qualifier("events") Executor events) {
            SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
            multicaster.setTaskExecutor(events);
            return multicaster;
        }

        @Bean
        DisposableBean last(Stop stop) {
            return () -> AT_DESTRUCTION.complete(stop.state());
        }
    }

    @Test
    void whoClosesTheContextHasItClosedInOrderAlsoIfListenersAreCalledOnOtherThreads()
            throws Exception {
        try (Application application = Application.start(
                WebApplicationType.NONE, List.of(), ListenersOnOtherThreads.class)) {
            application.context.close();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(report.steps())
                    .extracting(StepReport::name)
                    .containsSubsequence("executor events", "bean last");
            assertThat(ListenersOnOtherThreads.AT_DESTRUCTION.join()).isEqualTo(State.STOPPING);
        }
    }

    // ---- several

    @Test
    void aChildUsesTheStopOfItsParentAndIsClosedWithIt() throws Exception {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Empty.class)
                .initializers(context ->
                        context.getBeanFactory().registerSingleton(Surroundings.TEST_MARKER, true))
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .child(Empty.class)
                .registerShutdownHook(false)
                .run()) {
            Stop stop = child.getBean(Stop.class);
            assertThat(child.getBeanFactory().containsLocalBean("org.stop4j.Stop"))
                    .isFalse();
            stop.request("by a test");
            Report report = stop.await(Application.PATIENCE).orElseThrow();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(child.isActive()).isFalse();
        }
    }

    @Test
    void aChildThatIsClosedStopsNothingElse() throws Exception {
        try (Application parent =
                Application.start(WebApplicationType.NONE, List.of(), Empty.class)) {
            ConfigurableApplicationContext child = new SpringApplicationBuilder(Empty.class)
                    .parent(parent.context)
                    .web(WebApplicationType.NONE)
                    .registerShutdownHook(false)
                    .run();
            child.close();
            assertThat(parent.stop.reason()).isEmpty();
            assertThat(parent.context.isActive()).isTrue();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithStep {
        @StopStep
        void end() {}
    }

    @Test
    void aChildThatIsStartedAgainDeclaresItsStepsAgain() throws Exception {
        try (Application parent =
                Application.start(WebApplicationType.NONE, List.of(), Empty.class)) {
            for (int round = 0; round < 2; round++) {
                new SpringApplicationBuilder(WithStep.class)
                        .parent(parent.context)
                        .web(WebApplicationType.NONE)
                        .registerShutdownHook(false)
                        .run()
                        .close();
            }
            assertThat(parent.stop.steps())
                    .extracting(ApplicationStatus.StepLine::name)
                    .noneMatch(name -> name.endsWith(".end"));
        }
    }

    @Test
    void twoApplicationsInOneProcessAreStoppedEachForItself() throws Exception {
        try (Application one = Application.start(WebApplicationType.NONE, List.of(), Empty.class);
                Application other =
                        Application.start(WebApplicationType.NONE, List.of(), Empty.class)) {
            assertThat(one.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(other.context.isActive()).isTrue();
            assertThat(other.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @Test
    void manyWhoCloseItAtOnceHaveItClosedOnce() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, installed(), Empty.class)) {
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> closers = Stream.generate(() -> new Thread(() -> {
                        try {
                            go.await();
                            application.context.close();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }))
                    .limit(4)
                    .toList();
            closers.forEach(Thread::start);
            go.countDown();
            for (Thread closer : closers) {
                closer.join(Application.PATIENCE.toMillis());
                assertThat(closer.isAlive()).isFalse();
            }
            assertThat(application.report().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(application.stop.awaitEnd(Duration.ZERO)).isTrue();
            assertThat(files()).isEmpty();
        }
    }
}
