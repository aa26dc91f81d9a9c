package org.stop4j.examples.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Calls a service of this kind on this machine for a while, and prints what became of the calls: {@code java -cp
 * grpc.jar org.stop4j.examples.grpc.CallersMain PORT CHANNELS CALLERS MILLIS SECONDS strict|transparent}. Ends with 1
 * if a call failed.
 */
public final class CallersMain {
    private static final int MOST = 10_000;

    private CallersMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        try {
            if (arguments.length != 6 || !arguments[5].matches("strict|transparent")) {
                throw new IllegalArgumentException(
                        "allowed: PORT CHANNELS CALLERS MILLIS SECONDS" + " strict|transparent");
            }
            System.exit(call(load(arguments), Job.number("SECONDS", arguments[4], MOST)));
        } catch (IllegalArgumentException e) {
            System.err.println("callers: " + e.getMessage());
            System.exit(2);
        }
    }

    private static Callers.Load load(String[] arguments) {
        int port = Job.number("PORT", arguments[0], 65_535);
        return new Callers.Load(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Math.max(1, Job.number("CHANNELS", arguments[1], MOST)),
                Job.number("CALLERS", arguments[2], MOST),
                Job.number("MILLIS", arguments[3], MOST),
                1_000,
                arguments[5].equals("transparent"));
    }

    private static int call(Callers.Load load, int seconds) throws InterruptedException {
        try (Callers callers = Callers.start(load)) {
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            Callers.Counts counts = callers.end();
            System.out.println("sent " + counts.sent() + ", answered " + counts.answered()
                    + ", failed " + (counts.sent() - counts.answered()));
            counts.failed().forEach((how, many) -> System.out.println("  " + many + " " + how));
            return counts.failed().isEmpty() ? 0 : 1;
        }
    }
}
