package org.stop4j.examples.kafka;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/** What to consume, from where: arguments as {@code --topic=orders}; the broker also from the environment. */
record Settings(String brokers, String topic, String group, Duration work) {
    private static final String USAGE =
            "allowed: --brokers=HOST:PORT[,HOST:PORT], --topic=NAME, --group=NAME, --work=MILLIS";

    static Settings of(String[] arguments, Map<String, String> environment) {
        String brokers = environment.getOrDefault("KAFKA_BROKERS", "");
        String topic = "orders";
        String group = "shipping";
        String work = "100";
        for (String argument : arguments) {
            int end = argument.indexOf('=');
            String value = end < 0 ? "" : argument.substring(end + 1);
            switch (end < 0 ? argument : argument.substring(0, end)) {
                case "--brokers" -> brokers = value;
                case "--topic" -> topic = value;
                case "--group" -> group = value;
                case "--work" -> work = value;
                default ->
                    throw new IllegalArgumentException(
                            "unknown argument " + argument + "; " + USAGE);
            }
        }
        if (brokers.isEmpty()) {
            throw new IllegalArgumentException(
                    "no broker: neither --brokers=HOST:PORT nor KAFKA_BROKERS is set");
        }
        return new Settings(
                brokers,
                notEmpty("--topic", topic),
                notEmpty("--group", group),
                Duration.ofMillis(millis(work)));
    }

    private static String notEmpty(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " is empty; " + USAGE);
        }
        return value;
    }

    private static long millis(String text) {
        if (!text.matches("\\d{1,6}")) {
            throw new IllegalArgumentException(
                    "--work is \"" + text + "\"; allowed: milliseconds, 0 to 999999");
        }
        return Long.parseLong(text);
    }

    Properties consumer() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
        properties.put(
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
        return properties;
    }
}
