package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.support.ExecutorServiceAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.StepReport;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

class FoundExecutorsTest {
    /** Tasks are given to a pool of Spring's and to one of the JDK's. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Pools {
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final AtomicInteger done = new AtomicInteger();

        @Bean
        ThreadPoolTaskExecutor ofSpring() {
            ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
            pool.setCorePoolSize(1);
            return pool;
        }

        @Bean
        ExecutorService ofJdk() {
            return Executors.newFixedThreadPool(1);
        }

        void task() {
            try {
                mayEnd.await();
                done.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void give(Executor executor, int count) {
            for (int i = 0; i < count; i++) {
                executor.execute(this::task);
            }
        }
    }

    @Test
    void allThatAnExecutorHasTakenIsDoneBeforeItIsDestroyed() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Pools.class)) {
            Pools pools = application.context.getBean(Pools.class);
            pools.give(application.context.getBean("ofSpring", Executor.class), 10);
            pools.give(application.context.getBean("ofJdk", Executor.class), 10);
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            pools.mayEnd.countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(pools.done).hasValue(20);
        }
    }

    @Test
    void executorsAreLeftToSpringIfThatIsSwitchedOff() throws Exception {
        try (Application application = Application.start(
                WebApplicationType.NONE, List.of("stop.find.executors=false"), Pools.class)) {
            Pools pools = application.context.getBean(Pools.class);
            pools.give(application.context.getBean("ofSpring", Executor.class), 10);
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            pools.mayEnd.countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(names(report))
                    .contains("tasks", "bean ofSpring", "bean ofJdk")
                    .noneMatch(name -> name.startsWith("executor"));
            assertThat(pools.done).as("the step that waits for tasks is there").hasValue(10);
        }
    }

    @Test
    void aBeanWhoseNameIsExceptedHasNoStep() throws Exception {
        try (Application application = Application.start(
                WebApplicationType.NONE,
                List.of("stop.find.except=ofSpring,applicationTaskExecutor"),
                Pools.class)) {
            ThreadPoolTaskExecutor pool = application.context.getBean(ThreadPoolTaskExecutor.class);
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(names(report))
                    .contains("executor ofJdk")
                    .noneMatch(name -> name.endsWith("ofSpring"));
            assertThat(pool.getThreadPoolExecutor().isShutdown())
                    .as("it is destroyed all the same")
                    .isTrue();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OfOthers {
        static final ExecutorService SHARED = Executors.newCachedThreadPool();

        @Bean(destroyMethod = "")
        ExecutorService shared() {
            return SHARED;
        }

        @Bean
        ExecutorService adapter(TaskExecutor applicationTaskExecutor) {
            return new ExecutorServiceAdapter(applicationTaskExecutor);
        }

        /** Or there would be none, since there are executors already. */
        @Bean
        ThreadPoolTaskExecutor applicationTaskExecutor() {
            return new ThreadPoolTaskExecutor();
        }
    }

    @Test
    void anExecutorThatIsNotOfTheContextIsNotShutDown() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), OfOthers.class)) {
            Report report = application.end();
            assertThat(names(report))
                    .contains("executor applicationTaskExecutor")
                    .doesNotContain("executor shared", "executor adapter");
            assertThat(OfOthers.SHARED.isShutdown()).isFalse();
        } finally {
            OfOthers.SHARED.shutdown();
        }
    }

    // ---- order

    /** What hands over a last task when it is stopped. */
    private static final class Consumer implements SmartLifecycle {
        private final int phase;
        private final Runnable last;
        private volatile boolean running;

        Consumer(int phase, Runnable last) {
            this.phase = phase;
            this.last = last;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            last.run();
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consuming {
        final AtomicInteger done = new AtomicInteger();

        @Bean
        ThreadPoolTaskExecutor pool() {
            return new ThreadPoolTaskExecutor();
        }

        /** This one would accept nothing after the context is closed. */
        @Bean
        ThreadPoolTaskExecutor strict() {
            ThreadPoolTaskExecutor strict = new ThreadPoolTaskExecutor();
            strict.setStrictEarlyShutdown(true);
            return strict;
        }

        @Bean
        Consumer kafka(Executor pool, Executor strict) {
            // The phase of Kafka's listener containers.
            return new Consumer(Integer.MAX_VALUE - 100, () -> {
                pool.execute(done::incrementAndGet);
                strict.execute(done::incrementAndGet);
            });
        }

        @Bean
        Consumer cache() {
            return new Consumer(0, () -> {});
        }
    }

    @Test
    void consumersStopBeforeExecutorsAndAllOthersAfter() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Consuming.class)) {
            Consuming consuming = application.context.getBean(Consuming.class);
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(consuming.done).hasValue(2);
            assertThat(names(report))
                    .containsSubsequence(
                            "lifecycle kafka",
                            "tasks",
                            "executor pool",
                            "lifecycle cache",
                            "bean pool");
        }
    }

    /** In the order in which they were run. */
    private static List<String> names(Report report) {
        return report.steps().stream().map(StepReport::name).toList();
    }
}
