package org.stop4j.rolling;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Every request, counted when it begins and written down when it is over. Safe for use by many threads. */
final class Ledger {
    private final AtomicInteger begun = new AtomicInteger();
    private final Collection<Exchange> exchanges = new ConcurrentLinkedQueue<>();

    void begin() {
        begun.incrementAndGet();
    }

    void end(Job job, Outcome outcome) {
        exchanges.add(new Exchange(job, outcome, System.nanoTime()));
    }

    /** How many have been sent, or were to be sent. */
    int begun() {
        return begun.get();
    }

    /** How many of which nothing is known yet. */
    int open() {
        return begun.get() - exchanges.size();
    }

    List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    int count(Result... results) {
        List<Result> wanted = Arrays.asList(results);
        return (int) exchanges.stream()
                .filter(exchange -> wanted.contains(exchange.result()))
                .count();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(begun() + " requests, " + open() + " open");
        for (Result result : Result.values()) {
            text.append(", ").append(result).append(' ').append(count(result));
        }
        return text.toString();
    }
}
