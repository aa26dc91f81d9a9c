package org.stop4j.benchmarks;

import org.stop4j.Phase;
import org.stop4j.RegisteredStep;
import org.stop4j.Stop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An application with as many steps as its argument tells, one after another, each of which takes 150 ms. Prints
 * {@code up}, and at the beginning of step {@code sN}: {@code sN NANOS}, by the clock that all processes here share.
 */
final class ChainApp {
    private static final long STEP_MILLIS = 150;

    private ChainApp() {}

    public static void main(String[] arguments) throws InterruptedException {
        Stop stop = Stop.builder().onCommand().start();
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            String name = "s" + i;
            RegisteredStep step = stop.step(Phase.FINISH, name, deadline -> {
                System.out.println(name + " " + System.nanoTime());
                never.await(STEP_MILLIS, TimeUnit.MILLISECONDS);
            });
            if (i > 0) {
                step.after("s" + (i - 1));
            }
        }
        System.out.println("up");
        stop.await();
    }
}
