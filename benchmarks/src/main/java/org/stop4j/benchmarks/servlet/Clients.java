package org.stop4j.benchmarks.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Some clients of one server, each with a connection that it keeps. */
public final class Clients implements AutoCloseable {
    /** How many they are, and how many threads they need. */
    public static final int COUNT = 4;

    private final ExecutorService threads;
    private final List<Client> clients = new ArrayList<>();

    /** Connects them; each has called the path once, whose answer is one line. */
    public Clients(ExecutorService threads, int port, String path) throws IOException {
        this.threads = threads;
        for (int i = 0; i < COUNT; i++) {
            clients.add(new Client(port, path));
        }
    }

    /** Calls for so long, all at the same time; returns how many requests were answered in a second. */
    public long perSecond(long millis) throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        long end = begin + millis * 1_000_000;
        List<Future<Long>> counts = new ArrayList<>();
        for (Client client : clients) {
            counts.add(threads.submit(() -> client.callUntil(end)));
        }
        long sum = 0;
        for (Future<Long> count : counts) {
            sum += count.get();
        }
        return sum * 1_000_000_000L / (System.nanoTime() - begin);
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.close();
        }
    }
}
