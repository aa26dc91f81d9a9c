package org.stop4j.rolling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps a target busy from its creation on: one thread for every connection of the {@link Load} (with
 * HTTP/2, for every stream), each with one request at a time. Nothing is ever tried again: a request that
 * was not answered is written down, and after the time that it would have taken the next one follows.
 */
final class Traffic implements AutoCloseable {
    /** Who the clients are. */
    enum Crowd {
        /** All keep their connections, and leave for good when nobody takes one any more. */
        RESIDENTS,
        /** Every fourth opens a connection for every request; nobody leaves. */
        PASSERS_BY
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ONE_IN = 4;

    private final Load load;
    private final Crowd crowd;
    private final Ledger ledger = new Ledger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Client> clients = new ArrayList<>();
    private final List<Future<?>> threads = new ArrayList<>();
    private final ExecutorService executor;
    private final int[] answered; // guarded by itself

    Traffic(Target target, Protocol protocol, Load load, Crowd crowd) {
        this.load = load;
        this.crowd = crowd;
        answered = new int[load.connections()];
        executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "rolling-client");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < load.connections(); i++) {
            if (i % protocol.requestsAtATime() == 0) {
                boolean once = crowd == Crowd.PASSERS_BY && clients.size() % ONE_IN == 0;
                clients.add(protocol.client(target, once ? Reuse.ONCE : Reuse.KEPT));
            }
            Client client = clients.get(clients.size() - 1);
            int number = i;
            threads.add(executor.submit(() -> keepBusy(number, client)));
        }
    }

    private void keepBusy(int number, Client client) {
        // The first one is shorter, for each thread by another part: so they do not keep step.
        int millis = load.millis() * number / load.connections();
        boolean more = true;
        for (int i = 0; more; i++) {
            Job job = new Job(number + "-" + i, millis, load.bytes());
            millis = load.millis();
            ledger.begin();
            Outcome outcome = client.request(job);
            ledger.end(job, outcome);
            more = more(number, outcome);
        }
    }

    private boolean more(int number, Outcome outcome) {
        if (outcome.result() == Result.ANSWERED) {
            synchronized (answered) {
                answered[number]++;
                answered.notifyAll();
            }
            return over.getCount() > 0;
        }
        if (outcome.result() == Result.NOT_CONNECTED && crowd == Crowd.RESIDENTS) {
            return false;
        }
        try {
            return !over.await(load.millis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a client", e);
        }
    }

    /** Waits until every thread has had so many answers more; fails after a minute. */
    void awaitAnswersOfAll(int count) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        synchronized (answered) {
            int[] goal = answered.clone();
            for (int i = 0; i < goal.length; i++) {
                while (answered[i] - goal[i] < count) {
                    long left = until - System.nanoTime();
                    if (left <= 0) {
                        throw new IllegalStateException("no " + count + " answers for client " + i
                                + " within " + PATIENCE + ": " + ledger);
                    }
                    TimeUnit.NANOSECONDS.timedWait(answered, left);
                }
            }
        }
    }

    /** Lets every thread end its request and itself, waits for that, and returns what became of all. */
    Ledger end() throws InterruptedException {
        over.countDown();
        return awaitEnd();
    }

    /** Waits until every thread has ended by itself, since nobody takes its connection any more. */
    Ledger awaitEnd() throws InterruptedException {
        for (Future<?> thread : threads) {
            try {
                thread.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("a client did not end well: " + ledger, e);
            }
        }
        return ledger;
    }

    /** Ends what has not ended. */
    @Override
    public void close() {
        over.countDown();
        executor.shutdown();
        clients.forEach(Client::close);
    }
}
