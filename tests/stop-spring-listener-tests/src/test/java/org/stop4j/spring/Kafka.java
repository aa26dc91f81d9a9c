package org.stop4j.spring;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/** A broker that is its own controller; each topic has two partitions. */
final class Kafka extends Server {
    Kafka() throws IOException {
        super("kafka");
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    @Override
    String ready() {
        return "";
    }

    @Override
    ProcessBuilder program(Path directory, int port, int controllerPort) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data-" + port));
        // What its storage tool would write there.
        Files.writeString(
                data.resolve("meta.properties"),
                "version=1\ncluster.id=c3RvcC1rYWZrYS10ZXN0cw\nnode.id=1\n");
        Path settings = directory.resolve("server.properties");
        Files.writeString(settings, """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=BROKER://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=BROKER://127.0.0.1:%1$d
                listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
                inter.broker.listener.name=BROKER
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                """.formatted(port, controllerPort, data));
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                Files.readString(Path.of(System.getProperty("stop.kafka.classpath")))
                        .strip(),
                "kafka.Kafka",
                settings.toString());
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", address());
    }

    /** Makes both topics, and sends so many records to the first; returns their values, each another one. */
    List<String> send(String topic, String other, int count) throws Exception {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(List.of(
                            new NewTopic(topic, Optional.of(2), Optional.empty()),
                            new NewTopic(other, Optional.of(2), Optional.empty())))
                    .all()
                    .get();
        }
        List<String> values = new ArrayList<>();
        List<Future<?>> sends = new ArrayList<>();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                String value = topic + "-" + i;
                sends.add(producer.send(new ProducerRecord<>(topic, i % 2, "key", value)));
                values.add(value);
            }
            for (Future<?> send : sends) {
                send.get();
            }
        }
        return values;
    }

    /** How many records the group has committed, all partitions together. */
    long committed(String group) throws Exception {
        try (Admin admin = Admin.create(client())) {
            return admin
                    .listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }

    /** How many records there are. */
    long size(String topic) throws Exception {
        try (Admin admin = Admin.create(client())) {
            return admin
                    .listOffsets(Map.of(
                            new TopicPartition(topic, 0), OffsetSpec.latest(),
                            new TopicPartition(topic, 1), OffsetSpec.latest()))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(one -> one.offset())
                    .sum();
        }
    }
}
