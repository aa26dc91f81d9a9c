package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A control directory of a test: an application's end in it, and files made by hand. */
class Place implements ApplicationEnd.Listener {
    static final String NAME = "process";
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Path directory;
    final ControlFiles files;
    final BlockingQueue<Request> asked = new LinkedBlockingQueue<>();
    final BlockingQueue<Request> askedForMore = new LinkedBlockingQueue<>();
    final BlockingQueue<Request> left = new LinkedBlockingQueue<>();
    private final AtomicInteger looks = new AtomicInteger();
    final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    Place(Path directory) {
        this.directory = directory;
        files = new ControlFiles(directory, NAME);
    }

    /** An application that looks for requests. */
    ApplicationEnd application() throws IOException {
        ApplicationEnd end = ApplicationEnd.open(directory, NAME, this);
        end.start();
        return end;
    }

    /** Places a request, unlocked, as of a command that has died; returns its channel, to be locked. */
    FileChannel request(String id, String... fields) throws IOException {
        Message message = new Message(Message.REQUEST).with("id", id);
        for (int i = 0; i < fields.length; i += 2) {
            message.with(fields[i], fields[i + 1]);
        }
        Path temporary = files.temporary(id);
        FileChannel channel = ControlFiles.create(temporary);
        ControlFiles.write(channel, message.bytes());
        Files.move(temporary, files.stop, StandardCopyOption.ATOMIC_MOVE);
        return channel;
    }

    Message read(Path file, String kind) throws IOException, Message.MalformedException {
        return Message.parse(Files.readAllBytes(file), kind);
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T item = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(item).isNotNull();
        return item;
    }

    List<String> names() {
        try (var all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void asked(Request request) {
        asked.add(request);
    }

    @Override
    public void askedForMore(Request request) {
        askedForMore.add(request);
    }

    @Override
    public void left(Request request) {
        left.add(request);
    }

    @Override
    public String[] status() {
        return new String[] {"state", "RUNNING", "look", Integer.toString(looks.incrementAndGet())};
    }

    @Override
    public void say(String sentence) {
        said.add(sentence);
    }
}
