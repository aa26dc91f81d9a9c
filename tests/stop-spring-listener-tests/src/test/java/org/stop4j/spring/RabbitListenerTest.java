package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.spring.ListeningApplication.assertDone;
import static org.stop4j.spring.ListeningApplication.assertOrder;
import static org.stop4j.spring.ListeningApplication.step;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.stop4j.Report;
import org.stop4j.StepReport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** What happens to messages when an application with {@code @RabbitListener}s is stopped. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RabbitListenerTest {
    private static final int MESSAGES = 300;
    private static final int IN_HAND = 30;
    private static final String STEP = "rabbit orders";
    private static final String REGISTRY =
            "lifecycle org.springframework.amqp.rabbit.config.internalRabbitListenerEndpointRegistry";

    /** The promise is one second beyond the timeout; the rest is for a machine that has much else to do. */
    private static final Duration LATE = Duration.ofSeconds(6);

    private static @Nullable Rabbit rabbit;

    private final List<String> finished = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void begin() throws Exception {
        Assumptions.assumeTrue(
                Rabbit.isInstalled(),
                "there is no rabbitmq-server (Debian package rabbitmq-server)");
        rabbit = new Rabbit();
    }

    @AfterAll
    static void end() throws Exception {
        if (rabbit != null) {
            rabbit.close();
        }
    }

    private static Rabbit rabbit() {
        return Objects.requireNonNull(rabbit);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Orders {
        @Bean
        Listener listener(Work work) {
            return new Listener(work);
        }
    }

    record Listener(Work work) {
        @RabbitListener(id = "orders", queues = "${queue}")
        void order(String order) {
            work.finish(order);
        }
    }

    private ListeningApplication listen(String queue, int inHand, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "queue=" + queue,
                "spring.rabbitmq.host=127.0.0.1",
                "spring.rabbitmq.port=" + rabbit().port()));
        all.addAll(List.of(properties));
        ListeningApplication application = new ListeningApplication(
                Orders.class, new Work(finished, inHand), all.toArray(new String[0]));
        // Less than the message in hand takes, as five seconds are for one that takes longer.
        container(application).setShutdownTimeout(50);
        return application;
    }

    /** Stops one that has a message in hand, which takes a little longer than its container would wait by itself. */
    private Report stopInTheMiddle(String queue, String... properties) throws Exception {
        try (ListeningApplication first = listen(queue, IN_HAND, properties)) {
            first.work.awaitInHand();
            AbstractMessageListenerContainer container = container(first);
            long[] stops = {0};
            first.work.goOnWhen(() -> {
                if (stops[0] == 0 && !container.isRunning()) {
                    stops[0] = System.nanoTime();
                }
                return stops[0] != 0 && System.nanoTime() - stops[0] > 300_000_000;
            });
            Report report = first.end();
            assertThat(first.work.tooLate)
                    .as("finished with what was closed, in " + report.toText())
                    .isEmpty();
            return report;
        }
    }

    /** Not by its name: what that returns is of another type in Boot 4.1. */
    private static AbstractMessageListenerContainer container(ListeningApplication application) {
        Collection<?> all = application
                .context
                .getBean(RabbitListenerEndpointRegistry.class)
                .getListenerContainers();
        return (AbstractMessageListenerContainer) all.iterator().next();
    }

    @ParameterizedTest
    @CsvSource({"simple, 1", "simple, 3", "direct, 1"})
    void whatIsInHandIsFinishedAndNoMessageIsLostOrRepeated(String type, int concurrency)
            throws Exception {
        String queue = type + concurrency;
        String[] properties = {
            "spring.rabbitmq.listener.type=" + type,
            type.equals("simple")
                    ? "spring.rabbitmq.listener.simple.concurrency=" + concurrency
                    : "spring.rabbitmq.listener.direct.consumers-per-queue=" + concurrency
        };
        List<String> sent = rabbit().send(queue, MESSAGES);
        Report report = stopInTheMiddle(queue, properties);

        assertDone(report, STEP, "bean rabbitConnectionFactory", "bean work");
        assertOrder(report, STEP, "bean rabbitConnectionFactory");
        assertOrder(report, STEP, "bean work");
        if (concurrency == 1) {
            assertThat(finished).as("to the message in hand").hasSize(IN_HAND);
        }
        assertThat(rabbit().size(queue))
                .as("what has gone back to the queue")
                .isEqualTo(MESSAGES - finished.size());

        try (ListeningApplication next = listen(queue, 0, properties)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> finished.size() >= MESSAGES);
            assertDone(next.end(), STEP);
        }
        assertThat(finished).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(rabbit().size(queue)).isZero();
    }

    @Test
    void whereItIsSwitchedOffSpringStopsAllInOneStepAndInItsOwnTime() throws Exception {
        rabbit().send("off", IN_HAND);
        try (ListeningApplication first = listen("off", IN_HAND, "stop.find.rabbit=false")) {
            first.work.awaitInHand();
            Report report = first.end();
            assertDone(report, REGISTRY);
            assertThat(report.steps()).noneMatch(step -> step.name().equals(STEP));
        }
        assertThat(rabbit().size("off"))
                .as("the one in hand has gone back, too")
                .isOne();
    }

    @Test
    void aListenerThatHangsIsNamedWithItsPlaceAndKeepsNobody() throws Exception {
        rabbit().send("hangs", MESSAGES);
        try (ListeningApplication first = listen("hangs", IN_HAND, "stop.timeout=3s")) {
            first.work.awaitInHand();
            Report report = first.end();
            StepReport step = step(report, STEP);
            assertThat(step.result()).as(report.toText()).isEqualTo(StepReport.Result.INTERRUPTED);
            assertThat(step.failure())
                    .as(report.toText())
                    .hasMessageContaining("; thread \"orders-1\" stands at "
                            + "org.stop4j.spring.Work.finish(Work.java:");
            assertDone(report, "bean work");
            assertThat(report.took()).as(report.toText()).isLessThan(LATE);
        }
        assertThat(finished).as("nothing is begun any more").hasSizeLessThanOrEqualTo(IN_HAND);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aBrokerThatIsGoneDoesNotKeepTheStop() throws Exception {
        rabbit().send("gone", MESSAGES);
        try (ListeningApplication first = listen("gone", IN_HAND, "stop.timeout=3s")) {
            first.work.awaitInHand();
            rabbit().kill();
            AbstractMessageListenerContainer container = container(first);
            first.work.goOnWhen(() -> !container.isRunning());
            Report report = first.end();
            assertThat(step(report, STEP).phase().name()).isEqualTo("FINISH");
            assertDone(report, "bean work");
            assertThat(report.took()).as(report.toText()).isLessThan(LATE);
        }
    }
}
