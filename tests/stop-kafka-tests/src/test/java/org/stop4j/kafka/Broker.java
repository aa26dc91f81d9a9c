package org.stop4j.kafka;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real broker in this JVM, on loopback; each topic has two partitions. */
final class Broker implements AutoCloseable {
    private final EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 2);

    Broker() {
        broker.afterPropertiesSet();
    }

    String address() {
        return broker.getBrokersAsString();
    }

    /** Makes the topic, and sends so many records; returns their values, each another one. */
    List<String> send(String topic, int count) throws Exception {
        broker.addTopics(topic);
        List<String> values = new ArrayList<>();
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, i % 2, "key", topic + "-" + i))
                        .get();
                values.add(topic + "-" + i);
            }
        }
        return values;
    }

    /** Of the group that is called as the topic, subscribed to it; gets 20 records at most by a poll. */
    KafkaConsumer<String, String> consumer(String topic, String protocol, boolean autoCommit) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                address(),
                ConsumerConfig.GROUP_ID_CONFIG,
                topic,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                protocol,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                autoCommit,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                20,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class));
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    /** How many records the group has committed, all partitions together. */
    long committed(String group) {
        Map<?, OffsetAndMetadata> offsets = broker.doWithAdminFunction(admin -> {
            try {
                return admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
    }

    @Override
    public void close() {
        broker.destroy();
    }
}
