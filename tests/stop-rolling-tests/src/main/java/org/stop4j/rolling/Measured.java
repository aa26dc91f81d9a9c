package org.stop4j.rolling;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One run of a measure: what was stopped, and what became of every request. */
record Measured(Server server, String measure, List<Stopped> stopped, Ledger ledger) {

    /** The requests that were in flight on an instance when it was told to stop. */
    List<Exchange> inFlight() {
        return exchanges(Measured::inFlightAtSignal);
    }

    /**
     * The requests that a stop has cost although they had been let in: they failed, and were in flight at
     * the signal, or seem to have been begun with at any time.
     */
    List<Exchange> lost() {
        return exchanges((exchange, stop) -> exchange.result().isFailure()
                && exchange.isOn(stop.instance())
                && (inFlightAtSignal(exchange, stop) || exchange.seemsCutOff()));
    }

    /**
     * The requests that were in flight at the signal and were sent back. That is right for those that the
     * server had not read yet, and wrong for others; a client cannot tell them apart.
     */
    List<Exchange> sentBack() {
        return exchanges((exchange, stop) -> inFlightAtSignal(exchange, stop)
                && exchange.result() != Result.ANSWERED
                && !exchange.result().isFailure());
    }

    private static boolean inFlightAtSignal(Exchange exchange, Stopped stop) {
        return exchange.isOn(stop.instance()) && exchange.inFlightAt(stop.signalledNanos());
    }

    private interface Test {
        boolean holds(Exchange exchange, Stopped stop);
    }

    private List<Exchange> exchanges(Test test) {
        return ledger.exchanges().stream()
                .filter(exchange -> stopped.stream().anyMatch(stop -> test.holds(exchange, stop)))
                .toList();
    }

    /** All that were not answered, for whatever reason. */
    List<Exchange> notAnswered() {
        return ledger.exchanges().stream()
                .filter(exchange -> exchange.result() != Result.ANSWERED)
                .toList();
    }

    boolean everyExitCodeIs(int code) {
        return stopped.stream().allMatch(stop -> stop.exitCode() == code);
    }

    /** A request for people: when it was sent and ended, seen from the last signal before its end. */
    String describe(Exchange exchange) {
        String when = stopped.stream()
                .filter(stop -> stop.signalledNanos() - exchange.endedNanos() <= 0)
                .reduce((earlier, later) -> later)
                .map(stop -> String.format(
                        Locale.ROOT,
                        "%+d ms after the signal to %s",
                        TimeUnit.NANOSECONDS.toMillis(
                                exchange.endedNanos() - stop.signalledNanos()),
                        stop.instance()))
                .orElse("before any signal");
        return exchange.job().id() + " on " + exchange.outcome().on() + ": " + exchange.result()
                + ", " + when + ", "
                + (exchange.outcome().sent()
                        ? TimeUnit.NANOSECONDS.toMillis(exchange.tookNanos()) + " ms after sending"
                        : "not sent")
                + ", " + exchange.outcome().detail();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(server + ", " + measure + ": " + ledger + ", "
                + inFlight().size() + " in flight, " + lost().size() + " lost, "
                + sentBack().size()
                + " of those in flight sent back");
        stopped.forEach(stop -> text.append("\n  ")
                .append(stop.instance())
                .append(" ended after ")
                .append(stop.millis())
                .append(" ms, exit code ")
                .append(stop.exitCode()));
        List<Exchange> failed = notAnswered();
        failed.stream()
                .sorted(Comparator.comparing(Exchange::result).reversed()) // the worst first
                .limit(40)
                .forEach(exchange -> text.append("\n  ").append(describe(exchange)));
        return text + (failed.size() > 40 ? "\n  … " + (failed.size() - 40) + " more" : "");
    }
}
