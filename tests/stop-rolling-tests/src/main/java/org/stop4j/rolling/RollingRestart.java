package org.stop4j.rolling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Replaces instances behind a {@link Balancer} while all of its connections are busy, in the order that
 * Kubernetes really has: the old instance is told to stop first, and the balancer hears of it later. Some
 * clients open a connection for every request. Without them an instance would seem to be left alone as soon
 * as the others have moved, long before the balancer has heard.
 */
final class RollingRestart implements AutoCloseable {
    /** When the balancer leads no more new connections to an instance that was told to stop. */
    enum Notice {
        /** Two seconds after. */
        LATE("late balancer"),
        /** Not at all. */
        NEVER("blind balancer");

        private final String measure;

        Notice(String measure) {
            this.measure = measure;
        }
    }

    static final Duration LATE = Duration.ofSeconds(2);
    private static final int WARM_UP_ANSWERS = 5;
    private static final int INSTANCES = 2;

    private final Server server;
    private final Notice notice;
    private final Instance.Signal signal;
    private final Balancer balancer = new Balancer();
    private final List<Instance> instances = new ArrayList<>();
    private final List<Stopped> stopped = new ArrayList<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "rolling-notice");
                thread.setDaemon(true);
                return thread;
            });

    private RollingRestart(Server server, Notice notice, Instance.Signal signal) {
        this.server = server;
        this.notice = notice;
        this.signal = signal;
    }

    /**
     * Runs it. With a balancer that notices, both instances are replaced, one after the other. One that
     * never does would fail half of all connections afterwards: there one instance is replaced, and the
     * clients end when its process has.
     */
    static Measured run(Server server, Load load, Notice notice, Instance.Signal signal)
            throws InterruptedException {
        try (RollingRestart restart = new RollingRestart(server, notice, signal)) {
            return restart.run(load);
        }
    }

    private Measured run(Load load) throws InterruptedException {
        for (int i = 0; i < INSTANCES; i++) {
            addInstance();
        }
        try (Traffic traffic =
                new Traffic(balancer, server.protocol(), load, Traffic.Crowd.PASSERS_BY)) {
            traffic.awaitAnswersOfAll(WARM_UP_ANSWERS);
            if (notice == Notice.NEVER) {
                replace(0);
            } else {
                for (int i = 0; i < INSTANCES; i++) {
                    replace(i);
                }
                traffic.awaitAnswersOfAll(WARM_UP_ANSWERS);
            }
            return new Measured(server, notice.measure, List.copyOf(stopped), traffic.end());
        }
    }

    private void addInstance() throws InterruptedException {
        String name = server.name() + "-" + (instances.size() + 1);
        Instance instance = Instance.start(server, name, Instance.IN_A_CLUSTER);
        instances.add(instance);
        balancer.add(Endpoint.of(instance));
    }

    private void replace(int number) throws InterruptedException {
        addInstance();
        Instance old = instances.get(number);
        long signalled = old.signal(signal);
        if (notice == Notice.NEVER) {
            stopped.add(old.awaitEnd(signalled));
            return;
        }
        ScheduledFuture<?> dropped = timer.schedule(
                () -> balancer.drop(Endpoint.of(old)), LATE.toMillis(), TimeUnit.MILLISECONDS);
        stopped.add(old.awaitEnd(signalled));
        try {
            dropped.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the balancer could not drop " + old, e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        balancer.close();
        instances.forEach(Instance::close);
    }
}
