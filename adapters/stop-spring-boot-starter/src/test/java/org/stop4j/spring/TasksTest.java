package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.StepReport;
import org.stop4j.Stop;
import org.stop4j.WorkInFlight;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class TasksTest {
    private static final List<String> ONE_THREAD =
            List.of("spring.task.execution.pool.core-size=1");
    private static final List<String> VIRTUAL = List.of("spring.threads.virtual.enabled=true");

    // ---- @Async

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsync
    @Import(Mail.class)
    static class WithMail {}

    /** Sends letters; the first one takes until somebody lets it go. */
    static class Mail {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final AtomicInteger sent = new AtomicInteger();
        volatile String thread = "";

        @Async
        public void send() throws InterruptedException {
            thread = Thread.currentThread().toString();
            begun.countDown();
            mayEnd.await();
            sent.incrementAndGet();
        }

        /** On the object behind the proxy. */
        CountDownLatch begun() {
            return begun;
        }

        CountDownLatch mayEnd() {
            return mayEnd;
        }

        int sent() {
            return sent.get();
        }

        String thread() {
            return thread;
        }
    }

    @Test
    void allTasksThatWaitInAQueueRun() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, ONE_THREAD, WithMail.class)) {
            Mail mail = application.context.getBean(Mail.class);
            for (int i = 0; i < 20; i++) {
                mail.send();
            }
            mail.begun().await();
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            mail.mayEnd().countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(mail.sent()).isEqualTo(20);
        }
    }

    @Test
    void aTaskIsInFlightUnderTheNameOfItsMethod() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, ONE_THREAD, WithMail.class)) {
            Mail mail = application.context.getBean(Mail.class);
            mail.send();
            mail.begun().await();
            Gate gate = application.stop.gate();
            assertThat(gate.named())
                    .extracting(WorkInFlight::name)
                    .containsExactly("task org.stop4j.spring.TasksTest$Mail.send");
            mail.mayEnd().countDown();
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(gate.inFlight()).isZero();
        }
    }

    @Test
    void aTaskOnAVirtualThreadIsInFlightAndWaitedFor() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "Java has no virtual threads before 21");
        try (Application application =
                Application.start(WebApplicationType.NONE, VIRTUAL, WithMail.class)) {
            Mail mail = application.context.getBean(Mail.class);
            for (int i = 0; i < 20; i++) {
                mail.send();
            }
            mail.begun().await();
            assertThat(mail.thread()).contains("VirtualThread");
            assertThat(application.stop.gate().named().get(0).name())
                    .isEqualTo("task org.stop4j.spring.TasksTest$Mail.send");
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            mail.mayEnd().countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(mail.sent()).isEqualTo(20);
        }
    }

    // ---- handed over by a request, when the gate is closed

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsync
    @Import({Chain.class, Orders.class})
    static class WithOrders {}

    /** Each link hands over the next one, as soon as phase FINISH has begun. */
    static class Chain {
        final CountDownLatch finishing = new CountDownLatch(1);
        final AtomicInteger links = new AtomicInteger();

        @StopStep
        void finish() {
            finishing.countDown();
        }

        @Async
        public void link(Chain proxy, int more) throws InterruptedException {
            finishing.await();
            if (more > 0) {
                proxy.link(proxy, more - 1);
            }
            links.incrementAndGet();
        }

        int links() {
            return links.get();
        }
    }

    @RestController
    static class Orders {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final Stop stop;
        private final Chain chain;

        Orders(Stop stop, Chain chain) {
            this.stop = stop;
            this.chain = chain;
        }

        @GetMapping("/order")
        String order() throws InterruptedException {
            begun.countDown();
            while (stop.gate().isOpen()) {
                stop.await(State.STOPPING, Application.PATIENCE);
            }
            chain.link(chain, 1999);
            return "ordered";
        }
    }

    @Test
    void aTaskThatARequestHandsOverWhileTheApplicationStopsIsNotLost() throws Exception {
        loseNothing(ONE_THREAD);
    }

    @Test
    void aTaskThatARequestHandsToAVirtualThreadWhileTheApplicationStopsIsNotLost()
            throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "Java has no virtual threads before 21");
        loseNothing(VIRTUAL);
    }

    private static void loseNothing(List<String> properties) throws Exception {
        try (Application application =
                Application.start(WebApplicationType.SERVLET, properties, WithOrders.class)) {
            Chain chain = application.context.getBean(Chain.class);
            CompletableFuture<HttpResponse<String>> answer = get(application, "/order");
            application.context.getBean(Orders.class).begun.await();
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("ordered");
            assertThat(chain.links()).isEqualTo(2000);
            assertThat(Application.step(report, "tasks").result())
                    .isEqualTo(StepReport.Result.DONE);
        }
    }

    private static CompletableFuture<HttpResponse<String>> get(
            Application application, String path) {
        String port = application.context.getEnvironment().getProperty("local.server.port");
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    // ---- @Scheduled

    /** What a job has done, and what there was of it in phase CLOSE. */
    abstract static class Job {
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        final CountDownLatch first = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);
        volatile int begunAtClose = -1;
        volatile int endedAtClose = -1;

        void work() throws InterruptedException {
            begun.incrementAndGet();
            first.countDown();
            mayEnd.await();
            ended.incrementAndGet();
        }

        @StopStep(phase = "CLOSE")
        void look() {
            begunAtClose = begun.get();
            endedAtClose = ended.get();
        }
    }

    static class AtRate extends Job {
        @Scheduled(fixedRate = 20)
        void tick() throws InterruptedException {
            work();
        }
    }

    static class WithDelay extends Job {
        @Scheduled(fixedDelay = 20)
        void tick() throws InterruptedException {
            work();
        }
    }

    static class ByCron extends Job {
        @Scheduled(cron = "* * * * * *")
        void tick() throws InterruptedException {
            work();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Scheduling {}

    @ParameterizedTest
    @ValueSource(classes = {AtRate.class, WithDelay.class, ByCron.class})
    void aJobThatRunsIsDoneAndNoFurtherRunBegins(Class<? extends Job> type) throws Exception {
        finishJob(type, List.of(), true);
    }

    @ParameterizedTest
    @ValueSource(classes = {AtRate.class, WithDelay.class, ByCron.class})
    void aJobThatRunsOnAVirtualThreadIsDoneAndNoFurtherRunBegins(Class<? extends Job> type)
            throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "Java has no virtual threads before 21");
        // With a fixed delay, that scheduler decorates nothing.
        finishJob(type, VIRTUAL, type != WithDelay.class);
    }

    private static void finishJob(
            Class<? extends Job> type, List<String> properties, boolean listed) throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, properties, Scheduling.class, type)) {
            Job job = application.context.getBean(type);
            job.first.await();
            if (listed) {
                assertThat(application.stop.gate().named().get(0).name())
                        .isEqualTo("job " + type.getName() + ".tick");
            }
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            job.mayEnd.countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(job.begunAtClose).isPositive().isEqualTo(job.endedAtClose);
            assertThat(job.begun.get()).isEqualTo(job.begunAtClose);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Busy {
        static final CountDownLatch BEGUN = new CountDownLatch(1);

        @Scheduled(fixedRate = 100)
        void tick() {
            BEGUN.countDown();
        }
    }

    @Test
    void aJobThatRunsEveryTenthOfASecondDoesNotProlongTheQuietWait() throws Exception {
        List<String> properties = List.of(
                "stop.quiet-wait.floor=500ms",
                "stop.quiet-wait.quiet=400ms",
                "stop.quiet-wait.ceiling=15s");
        try (Application application =
                Application.start(WebApplicationType.NONE, properties, Busy.class)) {
            Busy.BEGUN.await();
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(Application.step(report, Gate.QUIET_WAIT).took())
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Suicidal {
        private final Stop stop;

        Suicidal(Stop stop) {
            this.stop = stop;
        }

        @Scheduled(fixedRate = 10)
        void tick() {
            stop.request("by a job");
        }
    }

    @Test
    void aJobMayAskForTheStopOnItsOwnThread() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Suicidal.class)) {
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(report.reason().detail()).isEqualTo("by a job");
        }
    }

    /** As a batch does when it is through: {@code System.exit(SpringApplication.exit(context))}. */
    abstract static class Closing {
        static volatile CompletableFuture<Boolean> hasEnded = new CompletableFuture<>();

        private final Stop stop;
        private final ConfigurableApplicationContext context;

        Closing(Stop stop, ConfigurableApplicationContext context) {
            this.stop = stop;
            this.context = context;
        }

        void close() throws InterruptedException {
            context.close();
            Thread.interrupted(); // as its executor, which was destroyed, has seen to
            hasEnded.complete(stop.awaitEnd(Duration.ZERO));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class ClosingJob extends Closing {
        ClosingJob(Stop stop, ConfigurableApplicationContext context) {
            super(stop, context);
        }

        @Scheduled(fixedRate = 1, timeUnit = TimeUnit.HOURS)
        void work() throws InterruptedException {
            close();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ClosingTask extends Closing {
        ClosingTask(Stop stop, ConfigurableApplicationContext context) {
            super(stop, context);
        }

        @Bean
        ApplicationRunner work(AsyncTaskExecutor executor) {
            return arguments -> {
                Future<?> unused = executor.submit(() -> {
                    close();
                    return null;
                });
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class ClosingLate extends Closing {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch mayClose = new CountDownLatch(1);

        ClosingLate(Stop stop, ConfigurableApplicationContext context) {
            super(stop, context);
        }

        @Scheduled(fixedRate = 1, timeUnit = TimeUnit.HOURS)
        void work() throws InterruptedException {
            begun.countDown();
            mayClose.await();
            close();
        }
    }

    @Test
    void soIsOneThatDoesSoWhenTheStopHasBegun() throws Exception {
        Closing.hasEnded = new CompletableFuture<>();
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), ClosingLate.class)) {
            ClosingLate job = application.context.getBean(ClosingLate.class);
            job.begun.await();
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();
            job.mayClose.countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(Closing.hasEnded.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {ClosingJob.class, ClosingTask.class})
    void aTaskThatClosesTheContextIsNotWaitedForAndWaitsForTheEnd(Class<? extends Closing> type)
            throws Exception {
        Closing.hasEnded = new CompletableFuture<>();
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), type)) {
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(Closing.hasEnded.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    // ---- what hangs

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsync
    @Import(Stuck.class)
    static class WithStuck {}

    static class Stuck {
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        @Async
        public void await() throws InterruptedException {
            mayEnd.await();
        }

        @Async
        public void hang() {
            boolean released = false;
            while (!released) {
                try {
                    release.await();
                    released = true;
                } catch (InterruptedException e) {
                    // that is the point
                }
            }
        }

        CountDownLatch mayEnd() {
            return mayEnd;
        }

        CountDownLatch release() {
            return release;
        }
    }

    @Test
    void aTaskThatHangsIsNamedWithItsStackAndGivenUp() throws Exception {
        List<String> properties = List.of(ONE_THREAD.get(0), "stop.timeout=6s");
        try (Application application =
                Application.start(WebApplicationType.NONE, properties, WithStuck.class)) {
            Stuck stuck = application.context.getBean(Stuck.class);
            stuck.await();
            stuck.hang();
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            stuck.mayEnd().countDown();
            Report report = application.report();
            String text = report.toText();
            assertThat(report.outcome()).as(text).isEqualTo(Outcome.FORCED);
            assertThat(Application.step(report, "tasks").failure())
                    .hasMessageContaining("task org.stop4j.spring.TasksTest$Stuck.hang");
            StepReport executor = Application.step(report, "executor applicationTaskExecutor");
            assertThat(executor.result()).as(text).isEqualTo(StepReport.Result.HUNG);
            assertThat(executor.stacks().toString()).contains("TasksTest$Stuck.hang");
            assertThat(Application.step(report, "bean applicationTaskExecutor").result())
                    .isEqualTo(StepReport.Result.DONE);
            stuck.release().countDown();
        }
    }

    // ---- what is refused

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Refusing {
        @Bean
        ThreadPoolTaskExecutor pool() {
            ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
            pool.setCorePoolSize(1);
            pool.setMaxPoolSize(1);
            pool.setQueueCapacity(0);
            return pool;
        }

        @Bean
        SimpleAsyncTaskExecutor limited() {
            SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("limited-");
            executor.setConcurrencyLimit(1);
            executor.setRejectTasksWhenLimitReached(true);
            return executor;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool", "limited"})
    void aTaskThatIsRefusedIsNotWaitedFor(String name) throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Refusing.class)) {
            AsyncTaskExecutor executor = application.context.getBean(name, AsyncTaskExecutor.class);
            CountDownLatch mayEnd = new CountDownLatch(1);
            Future<String> taken = executor.submit(() -> {
                mayEnd.await();
                return "done";
            });
            assertThatThrownBy(() -> executor.execute(() -> {}))
                    .isInstanceOf(TaskRejectedException.class);
            mayEnd.countDown();
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
            assertThat(taken.get()).isEqualTo("done");
            assertThat(application.stop.gate().inFlight()).isZero();
        }
    }

    // ---- decorators of the user's

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Decorated {
        final AtomicInteger decorated = new AtomicInteger();

        @Bean
        TaskDecorator theirs() {
            return task -> {
                decorated.incrementAndGet();
                return task;
            };
        }

        @Bean
        AtomicInteger decorated() {
            return decorated;
        }
    }

    @Test
    void aDecoratorOfTheUsersIsKept() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Decorated.class)) {
            AsyncTaskExecutor executor = application.context.getBean(AsyncTaskExecutor.class);
            List<WorkInFlight> named =
                    executor.submit(() -> application.stop.gate().named()).get();
            assertThat(named)
                    .extracting(WorkInFlight::name)
                    .containsExactly("task of applicationTaskExecutor");
            assertThat(application.context.getBean(AtomicInteger.class)).hasValue(1);
        }
    }

    // ---- switched off

    @Test
    void tasksAreNotCountedIfThatIsSwitchedOff() throws Exception {
        try (Application application = Application.start(
                WebApplicationType.NONE, List.of("stop.find.tasks=false"), WithMail.class)) {
            Mail mail = application.context.getBean(Mail.class);
            mail.send();
            mail.begun().await();
            assertThat(application.stop.gate().inFlight()).isZero();
            application.stop.request("by a test");
            application.stop.await(State.STOPPING, Application.PATIENCE);
            mail.mayEnd().countDown();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(report.steps())
                    .extracting(StepReport::name)
                    .contains("executor applicationTaskExecutor")
                    .doesNotContain("tasks");
            assertThat(mail.sent()).isEqualTo(1);
        }
    }
}
