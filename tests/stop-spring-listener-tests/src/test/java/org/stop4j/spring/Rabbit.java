package org.stop4j.spring;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A node of its own: no epmd, and a distribution port that is on loopback, too. */
final class Rabbit extends Server {
    private static final String PROGRAM = "rabbitmq-server";

    Rabbit() throws IOException {
        super("rabbit");
    }

    static boolean isInstalled() {
        return onPath(PROGRAM) != null;
    }

    @Override
    String ready() {
        return "Server startup complete";
    }

    @Override
    ProcessBuilder program(Path directory, int port, int distributionPort) throws IOException {
        // What is on the PATH insists on being the user rabbitmq; what it calls does not.
        Path server = Objects.requireNonNull(onPath(PROGRAM))
                .resolveSibling("../lib/rabbitmq/bin/" + PROGRAM)
                .normalize();
        Path node = Files.createDirectories(directory.resolve("node-" + port));
        Path plugins = Files.writeString(node.resolve("plugins"), "[].\n");
        ProcessBuilder builder = new ProcessBuilder(server.toString(), "-noinput");
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH", "LANG"));
        environment.put("HOME", node.toString());
        environment.put("RABBITMQ_CONF_ENV_FILE", node.resolve("none").toString());
        environment.put("RABBITMQ_CONFIG_FILE", node.resolve("none").toString());
        environment.put("RABBITMQ_ADVANCED_CONFIG_FILE", node.resolve("none").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString());
        environment.put("RABBITMQ_MNESIA_BASE", node.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", node.resolve("log").toString());
        environment.put("RABBITMQ_LOGS", "-");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
        environment.put("RABBITMQ_NODENAME", "stop@localhost");
        environment.put(
                "RABBITMQ_ALLOW_INPUT", "1"); // becomes the node, and does not stay before it
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-sname stop@localhost -setcookie stop -start_epmd false -erl_epmd_port "
                        + distributionPort + " -kernel inet_dist_use_interface {127,0,0,1}");
        return builder;
    }

    private Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        try {
            return factory.newConnection();
        } catch (IOException e) {
            throw new IllegalStateException("no connection to " + this, e);
        }
    }

    /** Makes the queue, and sends so many messages to it; returns their texts, each another one. */
    List<String> send(String queue, int count) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.queueDeclare(queue, true, false, false, null);
            for (int i = 0; i < count; i++) {
                String text = queue + "-" + i;
                channel.basicPublish("", queue, null, text.getBytes(StandardCharsets.UTF_8));
                texts.add(text);
            }
            channel.waitForConfirmsOrDie(20_000);
        }
        return texts;
    }

    /** How many messages are in the queue that nobody has. */
    long size(String queue) throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            return channel.messageCount(queue);
        }
    }
}
