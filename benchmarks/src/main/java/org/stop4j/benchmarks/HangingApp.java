package org.stop4j.benchmarks;

import org.stop4j.Phase;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An application in which something hangs when it is to stop, whatever one does to it: {@code step}, a step,
 * with steps after it that say {@code closed}; {@code asked}, the same, in an application that the command asks;
 * or {@code hook}, a shutdown hook of somebody else's. The
 * second argument is the timeout of the stop in seconds.
 */
final class HangingApp {
    private HangingApp() {}

    public static void main(String[] arguments) throws InterruptedException {
        Duration timeout = Duration.ofSeconds(Long.parseLong(arguments[1]));
        Stop.Builder builder = Stop.builder().timeout(timeout).onSignals();
        if (arguments[0].equals("asked")) {
            builder.onCommand();
        }
        Stop stop = builder.start();
        if (arguments[0].equals("hook")) {
            Runtime.getRuntime().addShutdownHook(new Thread(HangingApp::hang));
        } else {
            stop.step(Phase.FINISH, "hanging", HangingApp::hang);
        }
        stop.step(Phase.CLOSE, "closing", () -> System.out.println("closed"));
        System.out.println("up");
        stop.await();
    }

    private static void hang() {
        while (true) {
            LockSupport.park();
            // So that it does not become a busy loop when it is interrupted.
            Thread.interrupted();
        }
    }
}
