package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A fixture that answers each line with one, thousands of times; killed when closed. */
final class Talk implements AutoCloseable {
    private static final long HANGS_SECONDS = 30;

    private final Process process;
    private final Path errors;
    private final BufferedReader answers;
    private final Writer orders;

    Talk(String fixture) throws IOException {
        errors = Files.createTempFile("stop-talk", ".err");
        ProcessBuilder builder = new ProcessBuilder(
                        Child.javaProgram(),
                        "-cp",
                        Child.jar("stop.core.jar") + ":" + Child.jar("stop.fixtures.jar"),
                        "org.stop4j.fixtures." + fixture)
                .redirectError(errors.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Says a line and waits for the answer to it. */
    String ask(String order) throws IOException, InterruptedException, ExecutionException {
        orders.write(order + '\n');
        orders.flush();
        try {
            String answer =
                    CompletableFuture.supplyAsync(this::line).get(HANGS_SECONDS, TimeUnit.SECONDS);
            assertThat(answer).as("answer to %s; %s", order, said()).isNotNull();
            return answer;
        } catch (TimeoutException e) {
            throw new AssertionError("the application hangs, asked " + order + "\n" + stacks(), e);
        }
    }

    private String line() {
        try {
            return answers.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stacks of its threads. */
    private String stacks() {
        try (Child dump = Child.program(
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "Thread.print")) {
            dump.awaitExit();
            return String.join("\n", dump.out());
        }
    }

    private String said() throws IOException {
        return Files.readString(errors);
    }

    /** Ends it, and sees that it has thrown nothing meanwhile. */
    @Override
    public void close() throws IOException, InterruptedException {
        orders.close();
        boolean ended = process.waitFor(HANGS_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = said();
        Files.delete(errors);
        assertThat(ended).as("it ended: %s", said).isTrue();
        assertThat(said.lines().filter(line -> line.startsWith("\tat ")).limit(20))
                .isEmpty();
    }
}
