package org.stop4j.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stop4j.Deadline;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What happens to records when consumers are stopped. */
@Timeout(120)
class BrokerTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** For what needs the last tenths of it. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static final int RECORDS = 100;

    private static final Broker BROKER = new Broker();

    private final List<String> processed = Collections.synchronizedList(new ArrayList<>());

    /** The first consumer pays for the loading of a hundred classes. */
    @BeforeAll
    static void begin() throws Exception {
        BROKER.send("warm", 1);
    }

    @AfterAll
    static void end() {
        BROKER.close();
    }

    /** A loop on a thread of its own. */
    private final class Consuming implements AutoCloseable {
        final ConsumerLoop<String, String> loop;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final Thread thread = new Thread(this::run, "loop");
        private final Runnable after;

        /** After each record, something is done. */
        Consuming(KafkaConsumer<String, String> consumer, Runnable after) {
            this.after = after;
            loop = ConsumerLoop.of(consumer);
            thread.start();
        }

        private void run() {
            try (loop) {
                while (loop.goesOn()) {
                    loop.poll(Duration.ofSeconds(1), record -> {
                        processed.add(record.value());
                        after.run();
                    });
                }
                ended.complete(null);
            } catch (RuntimeException e) {
                ended.completeExceptionally(e);
            }
        }

        void awaitProcessed(int count) {
            Awaitility.await().atMost(LONG).until(() -> processed.size() >= count);
        }

        /** Waits until the thread is in a poll, with nothing to get. */
        void awaitIdle(int count) {
            awaitProcessed(count);
            Awaitility.await().atMost(LONG).until(() -> {
                for (StackTraceElement frame : thread.getStackTrace()) {
                    if (frame.getMethodName().equals("fetch")) {
                        return true;
                    }
                }
                return false;
            });
        }

        @Override
        public void close() throws Exception {
            loop.stop(Deadline.after(LONG));
            ended.get(30, TimeUnit.SECONDS);
        }
    }

    /** Has another consumer of the group process what is left; each record must have been processed once. */
    private void assertTheNextProcessesTheRestOnce(
            String topic, String protocol, boolean autoCommit, List<String> sent) throws Exception {
        KafkaConsumer<String, String> next = BROKER.consumer(topic, protocol, autoCommit);
        try (Consuming second = new Consuming(next, () -> {})) {
            second.awaitIdle(sent.size());
        }
        assertThat(processed).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(BROKER.committed(topic)).isEqualTo(sent.size());
    }

    @ParameterizedTest
    @CsvSource({"classic, false", "classic, true", "consumer, false", "consumer, true"})
    void aStopInTheMiddleOfABatchLosesAndRepeatsNoRecord(String protocol, boolean autoCommit)
            throws Exception {
        String topic = "batch-" + protocol + "-" + autoCommit;
        List<String> sent = BROKER.send(topic, RECORDS);
        CompletableFuture<ConsumerLoop<String, String>> loop = new CompletableFuture<>();
        CompletableFuture<Boolean> middle = new CompletableFuture<>();
        Consuming first = new Consuming(BROKER.consumer(topic, protocol, autoCommit), () -> {
            if (processed.size() == 30) {
                middle.complete(true);
                while (loop.join().goesOn()) {
                    Thread.onSpinWait();
                }
            }
        });
        loop.complete(first.loop);
        middle.get(60, TimeUnit.SECONDS);
        first.close();
        assertThat(processed.size()).isBetween(30, 50);
        assertThat(BROKER.committed(topic)).isEqualTo(processed.size());

        assertTheNextProcessesTheRestOnce(topic, protocol, autoCommit, sent);
    }

    @ParameterizedTest
    @CsvSource({"classic, true", "consumer, true"})
    void recordsThatThereWasNoTimeForAreProcessedByTheNextConsumer(
            String protocol, boolean autoCommit) throws Exception {
        String topic = "time-" + protocol + "-" + autoCommit;
        List<String> sent = BROKER.send(topic, RECORDS);
        CompletableFuture<Deadline> deadline = new CompletableFuture<>();
        CompletableFuture<Boolean> middle = new CompletableFuture<>();
        Consuming first = new Consuming(BROKER.consumer(topic, protocol, autoCommit), () -> {
            if (processed.size() == 5) {
                middle.complete(true);
                while (deadline.join().remainingNanos() > SHORT.toNanos() / 10 * 2) {
                    Thread.onSpinWait();
                }
            }
        });
        middle.get(60, TimeUnit.SECONDS);
        deadline.complete(Deadline.after(SHORT));
        first.loop.stop(deadline.join());
        assertThat(processed).hasSize(5);

        assertTheNextProcessesTheRestOnce(topic, protocol, autoCommit, sent);
    }

    @ParameterizedTest
    @CsvSource({"classic", "consumer"})
    void aStopWhileNothingComesWaitsForNoPoll(String protocol) throws Exception {
        String topic = "idle-" + protocol;
        BROKER.send(topic, 1);
        Consuming idle = new Consuming(BROKER.consumer(topic, protocol, false), () -> {});
        idle.awaitIdle(1);
        long begin = System.nanoTime();
        idle.close();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        System.out.println("stop of an idle consumer (" + protocol + "): " + millis + " ms");
        assertThat(millis).isLessThan(5_000); // of 30 000 that it had
    }

    @ParameterizedTest
    @CsvSource({"classic, true", "consumer, false"})
    void aBrokerThatIsGoneFailsTheStepInTime(String protocol, boolean autoCommit) throws Exception {
        Consuming consuming;
        try (Broker broker = new Broker()) {
            broker.send("gone", 1);
            consuming = new Consuming(broker.consumer("gone", protocol, autoCommit), () -> {});
            consuming.awaitIdle(1);
        }
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() -> consuming.loop.stop(Deadline.after(SHORT)));
        long millis = (System.nanoTime() - begin) / 1_000_000;
        System.out.println("stop without a broker: " + millis + " ms of 5 000: " + failure);
        assertThat(failure).isInstanceOf(KafkaException.class);
        assertThat(failure).hasMessageStartingWith("what was processed could not be committed: ");
        assertThat(millis).isLessThan(SHORT.toMillis() + 1_000);
        consuming.ended.get(30, TimeUnit.SECONDS);
    }

    // ---- the example

    private static Process startExample(Path directory, Path output, String topic)
            throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String jar = System.getProperty("stop.example.jar");
        assertThat(new File(jar))
                .as("run `mvn verify`: this needs a jar of the build")
                .exists();
        ProcessBuilder builder = new ProcessBuilder(
                java, "-jar", jar, "--topic=" + topic, "--group=" + topic, "--work=2");
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
        builder.environment().put("KAFKA_BROKERS", BROKER.address());
        builder.environment().put("STOP_DIR", directory.toString());
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    private static List<String> shipped(Path output) throws IOException {
        return Files.readAllLines(output).stream()
                .filter(line -> line.startsWith("shipped "))
                .map(line -> line.substring("shipped ".length()))
                .toList();
    }

    @Test
    void theExampleStoppedBySigtermAndStartedAgainShipsEveryOrderOnce(@TempDir Path directory)
            throws Exception {
        List<String> sent = BROKER.send("example", 700); // a poll gets 500
        List<String> shipped = new ArrayList<>();
        for (int run = 1; run <= 2; run++) {
            Path output = directory.resolve("out" + run);
            Process process = startExample(directory, output, "example");
            try {
                int awaited = run == 1 ? 10 : sent.size() - shipped.size();
                Awaitility.await().atMost(LONG).until(() -> shipped(output).size() >= awaited);
                long begin = System.nanoTime();
                process.destroy(); // SIGTERM
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                long millis = (System.nanoTime() - begin) / 1_000_000;
                System.out.println("SIGTERM to exit of the example: " + millis + " ms");
                assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            } finally {
                process.destroyForcibly();
            }
            assertThat(shipped(output)).as("shipped by run %s", run).isNotEmpty();
            shipped.addAll(shipped(output));
            assertThat(BROKER.committed("example")).isEqualTo(shipped.size());
        }
        assertThat(shipped).containsExactlyInAnyOrderElementsOf(sent);
    }
}
