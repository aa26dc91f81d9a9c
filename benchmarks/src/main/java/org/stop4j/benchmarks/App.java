package org.stop4j.benchmarks;

import org.stop4j.Stop;

import java.util.concurrent.CountDownLatch;

/**
 * An application that has nothing to do. With the argument {@code with} it has a {@link Stop} for signals
 * and the command, with {@code without} it has none. Prints {@code up NANOS}, the time that {@code
 * start()} took.
 */
final class App {
    private App() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments[0].equals("with")) {
            long before = System.nanoTime();
            Stop stop = Stop.builder().onSignals().onCommand().start();
            System.out.println("up " + (System.nanoTime() - before));
            stop.await();
        } else {
            System.out.println("up 0");
            new CountDownLatch(1).await();
        }
    }
}
