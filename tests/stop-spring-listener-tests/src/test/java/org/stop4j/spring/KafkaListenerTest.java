package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.spring.ListeningApplication.assertDone;
import static org.stop4j.spring.ListeningApplication.assertOrder;
import static org.stop4j.spring.ListeningApplication.step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.stop4j.Report;
import org.stop4j.StepReport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** What happens to records when an application with {@code @KafkaListener}s is stopped. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaListenerTest {
    private static final int RECORDS = 300;
    private static final int POLL = 100;
    private static final int IN_HAND = 30;
    private static final String STEP = "kafka orders";
    private static final String REGISTRY =
            "lifecycle org.springframework.kafka.config.internalKafkaListenerEndpointRegistry";

    /** The promise is one second beyond the timeout; the rest is for a machine that has much else to do. */
    private static final Duration LATE = Duration.ofSeconds(6);

    private static final Kafka KAFKA = start();

    private final List<String> finished = Collections.synchronizedList(new ArrayList<>());

    private static Kafka start() {
        try {
            return new Kafka();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void end() throws Exception {
        KAFKA.close();
    }

    /** Finishes each record, and sends it on. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Orders {
        @Bean
        @ConditionalOnProperty(name = "spring.kafka.listener.type", havingValue = "single")
        OneByOne listener(
                Work work,
                KafkaTemplate<String, String> template,
                @Value("${sends:true}") boolean sends) {
            return new OneByOne(work, template, sends);
        }

        @Bean
        @ConditionalOnProperty(name = "spring.kafka.listener.type", havingValue = "batch")
        Batches batches(Work work, KafkaTemplate<String, String> template) {
            return new Batches(work, template);
        }
    }

    record OneByOne(Work work, KafkaTemplate<String, String> template, boolean sends) {
        @KafkaListener(id = "orders", topics = "${topic}", groupId = "${topic}")
        void order(String order) throws Exception {
            work.finish(order);
            if (sends) {
                template.sendDefault(order).get();
            }
        }
    }

    record Batches(Work work, KafkaTemplate<String, String> template) {
        @KafkaListener(id = "orders", topics = "${topic}", groupId = "${topic}")
        void orders(List<String> orders) throws Exception {
            for (String order : orders) {
                work.finish(order);
                template.sendDefault(order).get();
            }
        }
    }

    private ListeningApplication listen(String topic, int inHand, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "topic=" + topic,
                "spring.kafka.bootstrap-servers=" + KAFKA.address(),
                "spring.kafka.template.default-topic=shipped-" + topic,
                "spring.kafka.consumer.auto-offset-reset=earliest",
                "spring.kafka.consumer.max-poll-records=" + POLL));
        all.addAll(List.of(properties));
        return new ListeningApplication(
                Orders.class, new Work(finished, inHand), all.toArray(new String[0]));
    }

    /** Has it go on with the record in hand when its container is to stop. */
    private static void goOnWhenToStop(ListeningApplication application) {
        MessageListenerContainer container = Objects.requireNonNull(application
                .context
                .getBean(KafkaListenerEndpointRegistry.class)
                .getListenerContainer("orders"));
        application.work.goOnWhen(() -> !container.isRunning());
    }

    /** Stops one in the middle of a poll. */
    private Report stopInTheMiddle(String topic, String... properties) throws Exception {
        try (ListeningApplication first = listen(topic, IN_HAND, properties)) {
            first.work.awaitInHand();
            goOnWhenToStop(first);
            Report report = first.end();
            assertThat(first.work.tooLate)
                    .as("finished with what was closed, in " + report.toText())
                    .isEmpty();
            return report;
        }
    }

    /** Another one of the group finishes the rest; each record must have been finished once. */
    private void assertTheNextFinishesTheRestOnce(
            String topic, List<String> sent, String... properties) throws Exception {
        try (ListeningApplication next = listen(topic, 0, properties)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> finished.size() >= sent.size());
            assertDone(next.end(), STEP);
        }
        assertThat(finished).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(KAFKA.committed(topic)).isEqualTo(sent.size());
        assertThat(KAFKA.size("shipped-" + topic)).isEqualTo(sent.size());
    }

    @ParameterizedTest
    @CsvSource({"single, 1", "single, 2", "batch, 1"})
    void aStopInTheMiddleOfAPollLosesAndRepeatsNoRecord(String type, int concurrency)
            throws Exception {
        String topic = type + concurrency;
        String[] properties = {
            "spring.kafka.listener.type=" + type, "spring.kafka.listener.concurrency=" + concurrency
        };
        List<String> sent = KAFKA.send(topic, "shipped-" + topic, RECORDS);
        Report report = stopInTheMiddle(topic, properties);

        assertDone(report, STEP, REGISTRY, "lifecycle kafkaProducerFactory", "bean work");
        assertOrder(report, STEP, REGISTRY);
        assertOrder(report, STEP, "lifecycle kafkaProducerFactory");
        assertOrder(report, STEP, "bean work");
        assertThat(KAFKA.committed(topic)).isEqualTo(finished.size());
        if (type.equals("batch")) {
            assertThat(finished).as("the whole batch").hasSize(POLL);
        } else if (concurrency == 1) {
            assertThat(finished).as("to the record in hand").hasSize(IN_HAND);
        }
        assertTheNextFinishesTheRestOnce(topic, sent, properties);
    }

    @Test
    void aContextThatIsClosedEndsItsListenersTheSameWay() throws Exception {
        List<String> sent = KAFKA.send("closed", "shipped-closed", RECORDS);
        String single = "spring.kafka.listener.type=single";
        try (ListeningApplication first = listen("closed", IN_HAND, single)) {
            first.work.awaitInHand();
            goOnWhenToStop(first);
            first.context.close();
            assertDone(first.report(), STEP);
        }
        assertThat(finished).hasSize(IN_HAND);
        assertTheNextFinishesTheRestOnce("closed", sent, single);
    }

    @Test
    void whereItIsSwitchedOffSpringStopsAllInOneStepAfterTheWholePoll() throws Exception {
        KAFKA.send("off", "shipped-off", RECORDS);
        Report report = stopInTheMiddle(
                "off", "spring.kafka.listener.type=single", "stop.find.kafka=false");
        assertDone(report, REGISTRY);
        assertThat(report.steps()).noneMatch(step -> step.name().equals(STEP));
        assertThat(finished).hasSize(POLL);
        assertThat(KAFKA.committed("off")).isEqualTo(POLL);
    }

    // ---- what does not end by itself, in applications that have three seconds

    private ListeningApplication listenShortly(String topic) throws Exception {
        KAFKA.send(topic, "shipped-" + topic, IN_HAND);
        ListeningApplication application = listen(
                topic,
                IN_HAND,
                "spring.kafka.listener.type=single",
                "sends=false",
                "stop.timeout=3s");
        application.work.awaitInHand();
        return application;
    }

    /** With the place where it stands; and all others have their turn. */
    private static void assertIsNamed(Report report, String place) {
        StepReport step = step(report, STEP);
        assertThat(step.result()).as(report.toText()).isEqualTo(StepReport.Result.INTERRUPTED);
        assertThat(step.failure())
                .as(report.toText())
                .hasMessageContaining("; thread \"orders-0-C-1\" stands at " + place);
        assertDone(report, REGISTRY, "lifecycle kafkaProducerFactory", "bean work");
        assertThat(report.took()).as(report.toText()).isLessThan(LATE);
    }

    @Test
    void aListenerThatHangsIsNamedWithItsPlaceAndKeepsNobody() throws Exception {
        try (ListeningApplication first = listenShortly("hangs")) {
            assertIsNamed(first.end(), "org.stop4j.spring.Work.finish(Work.java:");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void aBrokerThatDoesNotAnswerDoesNotKeepTheStop() throws Exception {
        try (ListeningApplication first = listenShortly("paused")) {
            KAFKA.pause();
            try {
                goOnWhenToStop(first);
                assertIsNamed(first.end(), "org.apache.kafka.");
            } finally {
                KAFKA.resume();
            }
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aBrokerThatIsGoneDoesNotKeepTheStop() throws Exception {
        try (ListeningApplication first = listenShortly("gone")) {
            KAFKA.kill();
            goOnWhenToStop(first);
            assertIsNamed(first.end(), "org.apache.kafka.");
        }
    }
}
