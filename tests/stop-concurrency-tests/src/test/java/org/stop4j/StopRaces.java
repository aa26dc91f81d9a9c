package org.stop4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZL_Result;
import org.stop4j.spi.Trigger;

import java.util.concurrent.atomic.AtomicInteger;

/** Those who ask against each other, and against who takes back. */
public final class StopRaces {
    private StopRaces() {}

    private static Reason reason(int number) {
        return Reason.of(Reason.Kind.CODE, Integer.toString(number));
    }

    private static Stop stop(Parts.Still time, Trigger... triggers) {
        Stop.Builder builder = Stop.builder().exit(Exit.never()).time(time);
        for (Trigger trigger : triggers) {
            builder.trigger(trigger);
        }
        return builder.start();
    }

    /** One is first and begins the stop, once; the other joins it. */
    @JCStressTest
    @Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "the first began it")
    @Outcome(id = "2, 1, 1", expect = ACCEPTABLE, desc = "the second began it")
    @Outcome(expect = FORBIDDEN, desc = "begun twice, or somebody is forgotten")
    @State
    public static class TwoRequests {
        private final Parts.Still time = new Parts.Still();
        private final Stop stop = stop(time);

        @Actor
        public void one() {
            stop.request(reason(1));
        }

        @Actor
        public void other() {
            stop.request(reason(2));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = Integer.parseInt(stop.reason().orElseThrow().detail());
            r.r2 = stop.standing().joined().size() == 1
                    ? Integer.parseInt(stop.standing().joined().get(0).detail())
                    : -1;
            r.r3 = time.stops();
        }
    }

    /** Two signals of one moment are one: nobody is hurried. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "one began it, the other joined")
    @Outcome(expect = FORBIDDEN, desc = "counted as a second")
    @State
    public static class TwoSignals {
        private final Parts.Still time = new Parts.Still();
        private final Stop stop = stop(time);

        @Actor
        public void one() {
            stop.request(Reason.of(Reason.Kind.SIGNAL, "SIGTERM"));
        }

        @Actor
        public void other() {
            stop.request(Reason.of(Reason.Kind.SIGNAL, "SIGINT"));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = stop.reason().isPresent() ? 1 : 0;
            r.r2 = stop.standing().joined().size();
            r.r3 = time.stops();
        }
    }

    /** The triggers are either closed, once, or left to the stop that has begun; it begins in any case. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "closed, then asked by code")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "asked; the stop closes them itself")
    @Outcome(expect = FORBIDDEN, desc = "closed twice, or the request is lost")
    @State
    public static class RequestOrClose {
        private final AtomicInteger closes = new AtomicInteger();
        private final Parts.Still time = new Parts.Still();
        private final Stop stop = stop(time, its -> closes::incrementAndGet);

        @Actor
        public void request() {
            stop.request(reason(1));
        }

        @Actor
        public void close() {
            stop.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = closes.get();
            r.r2 = time.stops();
        }
    }

    /** A drain is begun before the stop is asked for, or not at all. */
    @JCStressTest
    @Outcome(id = "true, DRAINING", expect = ACCEPTABLE, desc = "drained, then asked")
    @Outcome(id = "false, RUNNING", expect = ACCEPTABLE, desc = "asked, so refused")
    @Outcome(expect = FORBIDDEN, desc = "what was answered is not what was done")
    @State
    public static class RequestOrDrain {
        private final Stop stop = stop(new Parts.Still());

        @Actor
        public void request() {
            stop.request(reason(1));
        }

        @Actor
        public void drain(ZL_Result r) {
            r.r1 = stop.drain(reason(2));
        }

        @Arbiter
        public void after(ZL_Result r) {
            r.r2 = stop.state();
        }
    }

    /** A drain is undone before the stop is asked for, or not at all. */
    @JCStressTest
    @Outcome(id = "true, RUNNING", expect = ACCEPTABLE, desc = "resumed, then asked")
    @Outcome(id = "false, DRAINING", expect = ACCEPTABLE, desc = "asked, so refused")
    @Outcome(expect = FORBIDDEN, desc = "what was answered is not what was done")
    @State
    public static class RequestOrResume {
        private final Stop stop = stop(new Parts.Still());

        public RequestOrResume() {
            stop.drain(reason(2));
        }

        @Actor
        public void request() {
            stop.request(reason(1));
        }

        @Actor
        public void resume(ZL_Result r) {
            r.r1 = stop.resume(reason(3));
        }

        @Arbiter
        public void after(ZL_Result r) {
            r.r2 = stop.state();
        }
    }
}
