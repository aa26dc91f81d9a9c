package org.stop4j.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps 64 connections busy, runs the real {@code stop} command in the middle of it, and prints what became
 * of the requests: if there is a haproxy, it replaces both of two instances behind it, and otherwise stops
 * one directly. Its arguments: the service's jar and the command.
 */
public final class Demo {
    private static final int CONNECTIONS = 64;
    private static final int WARM_UP_REQUESTS = 10 * CONNECTIONS;

    private final Path serviceJar;
    private final Path command;

    private Demo(Path serviceJar, Path command) {
        this.serviceJar = serviceJar;
        this.command = command;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Demo demo = new Demo(Path.of(arguments[0]), Path.of(arguments[1]));
        Optional<Path> haproxy = Haproxy.program();
        boolean good = haproxy.isPresent() ? demo.rolling(haproxy.get()) : demo.direct();
        System.exit(good ? 0 : 1);
    }

    /** One instance with nothing in front: what comes too late is sent back. */
    private boolean direct() throws IOException, InterruptedException {
        System.out.println("no haproxy on the PATH: one instance is stopped, without a balancer");
        try (Service service = new Service("service", serviceJar, Map.of());
                Traffic traffic = new Traffic(service.port(), CONNECTIONS, false)) {
            warmUp(traffic, service);
            System.out.println("stop: with " + traffic.counts().inFlight() + " requests in flight");
            boolean stopped = service.stop(command);
            traffic.end();
            traffic.counts().print();
            return stopped && traffic.counts().nothingLost();
        }
    }

    /** Two instances behind haproxy, each replaced by a new one: every request must be answered. */
    private boolean rolling(Path haproxyProgram) throws IOException, InterruptedException {
        try (Haproxy haproxy = new Haproxy(haproxyProgram);
                Service one = add("service 1", haproxy);
                Service two = add("service 2", haproxy);
                Traffic traffic = new Traffic(haproxy.port(), CONNECTIONS, true)) {
            System.out.println("haproxy: port " + haproxy.port() + ", in front of both");
            warmUp(traffic, one);
            try (Service newOne = add("service 3", haproxy)) {
                boolean stopped = stop(one, traffic);
                try (Service newTwo = add("service 4", haproxy)) {
                    stopped &= stop(two, traffic);
                    warmUp(traffic, newTwo);
                    traffic.end();
                    traffic.counts().print();
                    return stopped && traffic.counts().allAnswered();
                }
            }
        }
    }

    private Service add(String name, Haproxy haproxy) throws IOException, InterruptedException {
        // Makes an instance wait until balancers have noticed, as in a cluster.
        Map<String, String> inCluster = Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1");
        Service service = new Service(name, serviceJar, inCluster);
        haproxy.add(service);
        return service;
    }

    private boolean stop(Service service, Traffic traffic)
            throws IOException, InterruptedException {
        System.out.println("stop: " + service.name() + ", with "
                + traffic.counts().inFlight() + " requests in flight");
        return service.stop(command);
    }

    private static void warmUp(Traffic traffic, Service service) throws InterruptedException {
        int goal = traffic.counts().answeredSoFar() + WARM_UP_REQUESTS;
        while (traffic.counts().answeredSoFar() < goal && service.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
