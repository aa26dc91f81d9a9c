package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Goes on serving until nobody comes any more. It is the last step of phase NOTIFY: what the others do there is
 * what makes those who send work go elsewhere. The floor and the ceiling begin when the process was seen
 * not to be ready.
 */
final class QuietStep extends StepWork {
    /** Before the limit: that the wait is over then is no failure. */
    private static final long MARGIN_NANOS = 50_000_000;

    private final Traffic traffic;
    private final QuietWait wait;
    private volatile String detail = "";

    QuietStep(Traffic traffic, QuietWait wait) {
        this.traffic = traffic;
        this.wait = wait;
    }

    @Override
    boolean isLast() {
        return true;
    }

    @Override
    @Nullable
    CompletionStage<?> begin(Deadline deadline, Reason reason) throws InterruptedException {
        Teller teller = traffic.teller();
        long red = traffic.notReadySince();
        long floor = red + Deadline.saturatedNanos(wait.floor());
        // Not over before there was time to be quiet, as it would be long after a drain.
        long quiet = Deadline.saturatedNanos(wait.quiet());
        long ceiling =
                later(red + Deadline.saturatedNanos(wait.ceiling()), traffic.began() + quiet);
        int seen = traffic.admittedSince();
        // If somebody has come since the stop began, nobody knows when; so that was just now.
        long news = seen == 0 ? traffic.began() : now();
        String end = "";
        while (end.isEmpty()) {
            teller.tell(deadline);
            int admitted = traffic.admittedSince();
            long now = now();
            if (admitted != seen) {
                seen = admitted;
                news = now;
            }
            detail = end(now, floor, news, ceiling, deadline, seen);
            end = detail;
            if (end.isEmpty()) {
                traffic.pause(Traffic.LOOK_NANOS);
            }
        }
        teller.throwFailures();
        return null;
    }

    private static long later(long a, long b) {
        return b - a > 0 ? b : a;
    }

    private long now() {
        return traffic.time().nanos();
    }

    /** How it ends now, in words; nothing if it does not. */
    private String end(
            long now, long floor, long news, long ceiling, Deadline deadline, int admitted) {
        String also = "; " + Integer.toUnsignedString(admitted) + " admitted meanwhile";
        String took = Durations.plain(Duration.ofNanos(now - traffic.began()));
        if (now - floor >= 0 && now - news >= Deadline.saturatedNanos(wait.quiet())) {
            return "quiet after " + took + also;
        }
        if (traffic.isInHurry()) {
            return "cut short after " + took + " by a second signal" + also;
        }
        if (now - ceiling >= 0 || deadline.instant() - MARGIN_NANOS - now <= 0) {
            return "not quiet after " + took + also + ", the last "
                    + Durations.plain(Duration.ofNanos(now - news)) + " before";
        }
        return "";
    }

    @Override
    String detail() {
        return detail.isEmpty() ? traffic.inWords() : detail;
    }
}
