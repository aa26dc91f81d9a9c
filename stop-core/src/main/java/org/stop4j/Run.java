package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.StepRun.Stage;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The steps of one stop being run, phase by phase.
 *
 * <p>One thread, that of the stop, decides everything: it begins steps, gives up what does not end, and
 * makes the report. What others have to tell it arrives in the inbox, which the monitor guards, and is
 * looked at by {@link #turn}. So nothing but the inbox is shared, {@link StepRun} aside.
 *
 * <p>When a step has ended, those that waited for nobody else are begun. When its limit has come: its
 * stack, an interrupt, a moment of grace in which it may still end by that, and on.
 */
final class Run {
    /** How often to look whether steps still wait for a thread. */
    private static final long HELD_UP_NANOS = 1_000_000;

    private static final long NEVER_NANOS = Long.MAX_VALUE / 4;

    /** How long after the deadline to look, at most, at where steps hang. */
    private static final long LAST_LOOK_NANOS = 150_000_000;

    private final Plan plan;
    private final Budget budget;
    private final Time time;
    private final Deadline whole;
    private final Reason reason;
    private final Set<Phase> aborting;
    private final Narrator narrator;
    private final Watchdog watchdog;
    private final Crew crew;
    private final Aside looking;
    private final long beganAt;

    private final Time.Monitor monitor;
    // The inbox; guarded by the monitor:
    private final Deque<StepRun> ended = new ArrayDeque<>();
    private long nextLook;
    private @Nullable Reason hurry;
    private final Deque<Reason> joined = new ArrayDeque<>();
    private boolean exitSuspected;

    // What others are shown; guarded by the monitor:
    private final Set<StepRun> running = new LinkedHashSet<>();
    private String phaseName = "";
    private int begins;

    /** How many steps are over; without the monitor, which thousands of quick steps would make it wait for. */
    private final AtomicInteger done = new AtomicInteger();

    /** The phases that are over, replaced as a whole by the thread of the stop, which changes nothing in them any more. */
    private volatile List<PhaseRun> past = List.of();

    // Of the thread of the stop alone:
    private int phase;
    private List<StepRun> open = List.of();
    private int left;
    private int levels;
    private long grownAt;
    private long phaseEnd;
    private long graceNanos;
    private @Nullable StepRun aborted;
    /** How long the looks have taken that were made. */
    private long lookedNanos;

    private record PhaseRun(Phase phase, long begin, long end, List<StepRun> steps) {}

    Run(
            Plan plan,
            Budget budget,
            Time time,
            Deadline whole,
            Reason reason,
            Set<Phase> aborting,
            Narrator narrator,
            Watchdog watchdog,
            @Nullable ClassLoader loader) {
        this.plan = plan;
        this.budget = budget;
        this.time = time;
        this.whole = whole;
        this.reason = reason;
        this.aborting = aborting;
        this.narrator = narrator;
        this.watchdog = watchdog;
        crew = new Crew(time, loader);
        looking = new Aside(time, budget.lookNanos(), budget.lookNanos(), loader);
        monitor = time.monitor();
        beganAt = time.nanos();
        grownAt = beganAt;
    }

    // ---- what the steps ask and tell, on their threads

    long nanos() {
        return time.nanos();
    }

    Reason reason() {
        return reason;
    }

    void begun(StepRun step) {
        monitor.lock();
        try {
            running.add(step);
            step.beginNumber = begins++;
            lookAt(halfOf(step));
        } finally {
            monitor.unlock();
        }
    }

    void ended(StepRun step) {
        monitor.lock();
        try {
            running.remove(step);
            ended.add(step);
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    private static long halfOf(StepRun step) {
        long end = step.deadline.instant();
        return step.begunAt() + Math.max(0, end - step.begunAt()) / 2;
    }

    /** Sees to it that the thread of the stop looks around at that time, if not earlier; with the monitor. */
    private void lookAt(long instant) {
        if (instant - nextLook < 0) {
            nextLook = instant;
            monitor.signalAll();
        }
    }

    // ---- what others ask and tell, on any thread

    /** Shortens what is left to the reserves. */
    void hurry(Reason second) {
        monitor.lock();
        try {
            hurry = second;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** Somebody else has asked; it says so. */
    void join(Reason why) {
        monitor.lock();
        try {
            joined.add(why);
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** Has it looked whether a step has called {@link System#exit}. */
    void suspectExit() {
        monitor.lock();
        try {
            exitSuspected = true;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** The step that is at work on the thread, if one is. */
    @Nullable
    StepRun on(Thread thread) {
        monitor.lock();
        try {
            for (StepRun step : running) {
                if (step.isOn(thread)) {
                    return step;
                }
            }
            return null;
        } finally {
            monitor.unlock();
        }
    }

    /** The names of what is running, the first of many; or nothing. */
    String runningInWords() {
        monitor.lock();
        try {
            List<StepRun> open = new ArrayList<>();
            for (StepRun step : running) {
                if (step.isOpen()) {
                    open.add(step); // what was given up is nobody's to wait for
                }
            }
            return words(open);
        } finally {
            monitor.unlock();
        }
    }

    private static String words(List<StepRun> steps) {
        StringJoiner words = new StringJoiner(", ");
        for (int i = 0; i < Math.min(3, steps.size()); i++) {
            words.add('"' + steps.get(i).step.name + '"');
        }
        return words + (steps.size() > 3 ? " and " + (steps.size() - 3) + " more" : "");
    }

    String phaseName() {
        monitor.lock();
        try {
            return phaseName;
        } finally {
            monitor.unlock();
        }
    }

    /** How many steps are over. */
    int done() {
        return done.get();
    }

    // ---- the phases, on the thread of the stop

    /** Attempts every step of the next phase. */
    void run(int index) {
        phase = index;
        Phase its = plan.phases().get(index);
        List<Planned> steps = plan.begin(index);
        if (steps.isEmpty()) {
            return;
        }
        long begin = time.nanos();
        phaseEnd = whole.instant() - budget.keptAfter(index, plan);
        List<StepRun> all = new ArrayList<>(steps.size());
        try {
            prepare(steps, all, begin);
            open = all;
            left = open.size();
            show(its.name());
            if (aborted == null || index >= plan.phases().indexOf(Phase.LAST)) {
                beginAllOf(open);
                takeTurns();
            } else {
                over(left);
            }
        } finally {
            // Also if it broke: what is not in the report would count as done.
            isPast(new PhaseRun(its, begin, time.nanos(), all));
            open = List.of();
        }
    }

    private void isPast(PhaseRun its) {
        List<PhaseRun> more = new ArrayList<>(past);
        more.add(its);
        past = List.copyOf(more);
    }

    private void show(String name) {
        monitor.lock();
        try {
            phaseName = name;
            nextLook = time.nanos() + NEVER_NANOS; // earlier ones are asked for by what begins
        } finally {
            monitor.unlock();
        }
    }

    private void prepare(List<Planned> steps, List<StepRun> runs, long now) {
        for (Planned step : steps) {
            runs.add(new StepRun(step, this, whole));
        }
        levels = StepOrder.link(runs, plan, narrator);
        measureGrace(now);
        for (StepRun run : runs) {
            run.deadline = whole.part(endOf(run, now));
        }
    }

    /** When it must end, so that those after it have a share of the phase's time. */
    private long endOf(StepRun run, long now) {
        return phaseEnd - run.height * Budget.share(Math.max(0, phaseEnd - now), levels);
    }

    /**
     * Finds how long a step that was interrupted may take to end: so little that the graces of a long chain do
     * not add up, but each is a part of what the next link keeps.
     */
    private void measureGrace(long now) {
        long share = Budget.share(Math.max(0, phaseEnd - now), levels);
        graceNanos = Math.min(budget.graceNanos(), share / 4);
    }

    private void beginAllOf(List<StepRun> steps) {
        List<StepRun> ready = new ArrayList<>();
        for (StepRun step : steps) {
            if (step.awaited == 0 && !step.submitted && !step.over) {
                step.submitted = true;
                ready.add(step);
            }
        }
        if (!ready.isEmpty()) {
            crew.run(ready);
        }
    }

    // Throwable: a full memory can break even this side of a step; the others are to come.
    @SuppressWarnings("CatchingUnchecked")
    private void takeTurns() {
        while (left > 0) {
            try {
                turn();
            } catch (Throwable failure) {
                if (time.nanos() - whole.instant() > 0) {
                    throw failure;
                }
                narrator.warn("the stop itself failed, and goes on", failure);
                lookSoon();
            }
        }
    }

    private void lookSoon() {
        monitor.lock();
        try {
            nextLook = time.nanos() + HELD_UP_NANOS;
        } finally {
            monitor.unlock();
        }
    }

    private void turn() {
        crew.helpOut();
        boolean heldUp = crew.isHeldUp();
        Deque<StepRun> news;
        Reason inHurry;
        boolean toFindExit;
        boolean toLook;
        monitor.lock();
        try {
            awaitNews(heldUp);
            news = new ArrayDeque<>(ended);
            ended.clear();
            inHurry = hurry;
            hurry = null;
            toFindExit = exitSuspected;
            exitSuspected = false;
            toLook = time.nanos() - nextLook >= 0;
            if (toLook) {
                // What began before this is looked at now; what begins after this asks for itself.
                nextLook = time.nanos() + NEVER_NANOS;
            }
        } finally {
            monitor.unlock();
        }
        for (StepRun step : news) {
            settle(step);
        }
        sayWhoJoined();
        if (inHurry != null) {
            shorten(inHurry);
        }
        if (toFindExit) {
            giveUpWhatExits();
        }
        if (toLook || inHurry != null) {
            look();
        }
        if (heldUp && time.nanos() - grownAt >= HELD_UP_NANOS) {
            grownAt = time.nanos();
            crew.grow();
        }
    }

    private void awaitNews(boolean heldUp) {
        boolean waited = false;
        while (ended.isEmpty()
                && joined.isEmpty()
                && hurry == null
                && !exitSuspected
                && !(waited && heldUp)) {
            long nanos = nextLook - time.nanos();
            if (nanos <= 0) {
                return;
            }
            Uninterrupted.await(monitor, heldUp ? Math.min(nanos, HELD_UP_NANOS) : nanos);
            waited = true;
        }
    }

    /** Says who has asked since it said so last. */
    void sayWhoJoined() {
        for (Reason why = nextJoined(); why != null; why = nextJoined()) {
            narrator.info("already stopping; also asked by " + why);
        }
    }

    private @Nullable Reason nextJoined() {
        monitor.lock();
        try {
            return joined.poll();
        } finally {
            monitor.unlock();
        }
    }

    // ---- what comes of it

    private void settle(StepRun step) {
        if (!step.over && (step.is(Stage.ENDED) || step.endedLate())) {
            if (step.is(Stage.ENDED) && step.failed()) {
                narrator.ended(step.report(beganAt));
            }
            over(step);
        }
    }

    private void over(StepRun step) {
        step.over = true;
        over(1);
        if (aborted == null && aborts(step)) {
            aborted = step;
            skipTheRest();
        }
        if (step.waiting.isEmpty()) {
            return;
        }
        List<StepRun> ready = new ArrayList<>();
        for (StepRun next : step.waiting) {
            next.awaited--;
            if (next.awaited == 0 && !next.over) {
                ready.add(next);
            }
        }
        if (!ready.isEmpty()) {
            beginAllOf(ready);
        }
    }

    private void over(int steps) {
        left -= steps;
        done.addAndGet(steps);
    }

    private boolean aborts(StepRun step) {
        return !aborting.isEmpty()
                && aborting.contains(step.step.phase)
                && step.report(beganAt).result() != StepReport.Result.DONE;
    }

    private void skipTheRest() {
        List<StepRun> waiting = crew.takeBack();
        for (StepRun step : open) {
            if (!step.over && (!step.submitted || waiting.contains(step))) {
                step.over = true;
                over(1);
            }
        }
        narrator.warn("phase " + plan.phases().get(phase)
                + " aborts on failure: what has not begun is skipped, up to phase " + Phase.LAST);
    }

    private void look() {
        long now = time.nanos();
        long next = now + NEVER_NANOS;
        List<StepRun> slow = new ArrayList<>();
        List<StepRun> still = new ArrayList<>();
        giveUpAllOver(now);
        for (StepRun step : open) {
            if (step.isOpen()) {
                next = earlier(next, lookAt(step, now, slow));
            } else if (step.is(Stage.GIVEN_UP) && now - step.graceEnd >= 0 && !step.over) {
                over(step);
            } else {
                settle(step);
            }
            if (step.is(Stage.GIVEN_UP) && !step.over) {
                next = earlier(next, step.graceEnd);
            }
            if (!step.over) {
                still.add(step);
            }
        }
        open = still;
        beginAllOf(open); // nobody, unless something broke when they were to be begun
        monitor.lock();
        try {
            lookAt(next);
        } finally {
            monitor.unlock();
        }
        if (!slow.isEmpty()) {
            narrator.halfTime(slow, now);
        }
    }

    private static long earlier(long a, long b) {
        return b - a < 0 ? b : a;
    }

    /** Returns when to look at it again. */
    private long lookAt(StepRun step, long now, List<StepRun> slow) {
        long end = step.deadline.instant();
        long half = halfOf(step);
        if (!step.halfSaid && now - half >= 0) {
            step.halfSaid = true;
            slow.add(step);
        }
        return step.halfSaid ? end : half;
    }

    private void giveUpAllOver(long now) {
        List<StepRun> overdue = new ArrayList<>();
        List<Look.Subject> subjects = new ArrayList<>();
        for (StepRun step : open) {
            if (step.isOpen() && now - step.deadline.instant() >= 0) {
                overdue.add(step);
                subjects.add(step.subject());
            }
        }
        if (overdue.isEmpty()) {
            return;
        }
        List<List<ThreadStack>> where = whereStand(subjects);
        List<StepRun> givenUp = new ArrayList<>();
        for (int i = 0; i < overdue.size(); i++) {
            if (giveUp(overdue.get(i), now, where.get(i))) {
                givenUp.add(overdue.get(i));
            }
        }
        // After all are interrupted: a log may be slow.
        for (StepRun step : givenUp) {
            narrator.gaveUp(step.report(beganAt));
        }
    }

    /** Where they stand. That they are told so well may take some of the time of what comes, but not all. */
    // Throwable: giving up must not depend on it.
    @SuppressWarnings("CatchingUnchecked")
    private List<List<ThreadStack>> whereStand(List<Look.Subject> subjects) {
        try {
            return lookAt(new Look(subjects));
        } catch (Throwable failure) {
            narrator.note("nothing is known of where it hangs", failure);
            return Collections.nCopies(subjects.size(), List.of());
        }
    }

    private List<List<ThreadStack>> lookAt(Look look) {
        if (lookedNanos < budget.lookNanos()) {
            long begin = time.nanos();
            if (!looking.call(look, patienceAt(begin))) {
                look.abandon();
                narrator.note(
                        "not everything is known of where it hangs: the look at it took too long",
                        null);
            }
            lookedNanos += time.nanos() - begin;
            if (!look.trouble().isEmpty()) {
                narrator.note(look.trouble(), null);
            }
        }
        return look.found();
    }

    /** At the end there is no phase left whose time it could take, and the report is waited for. */
    private long patienceAt(long now) {
        long untilTooLate = whole.instant() + LAST_LOOK_NANOS - now;
        return Math.max(0, Math.min(budget.lookNanos(), untilTooLate));
    }

    private boolean giveUp(StepRun step, long now, List<ThreadStack> where) {
        // One that begins after the end of its phase has no grace beyond that of the others.
        // What the look has taken is not its fault.
        long looked = time.nanos() - now;
        step.graceEnd = earlier(now, phaseEnd) + looked + graceNanos;
        boolean givenUp = step.giveUp(now, where);
        if (givenUp && step.hasLostThread()) {
            crew.lost();
        }
        return givenUp;
    }

    private void giveUpWhatExits() {
        long now = time.nanos();
        for (StepRun step : open) {
            if (!step.over && step.giveUpIfExiting(now)) {
                narrator.ended(step.report(beganAt));
                crew.lost();
                over(step);
            }
        }
    }

    private void shorten(Reason second) {
        long now = time.nanos();
        long end = now + budget.reserve(phase) + budget.keptAfter(phase, plan);
        if (end - whole.instant() >= 0) {
            return; // there is less left than that
        }
        whole.shortenTo(end);
        watchdog.wake();
        phaseEnd = earlier(phaseEnd, now + budget.reserve(phase));
        measureGrace(now);
        List<StepRun> still = new ArrayList<>();
        for (StepRun step : open) {
            if (!step.over) {
                step.deadline.shortenTo(endOf(step, now));
                still.add(step);
            }
        }
        narrator.hurries(second, Duration.ofNanos(end - now), words(still));
    }

    // ---- the end

    /** Lets the threads go. */
    void end() {
        crew.end();
        looking.end();
    }

    /** How long it has taken by now. */
    Duration took() {
        return Duration.ofNanos(time.nanos() - beganAt);
    }

    /** How the phases that are over have come out by now; on any thread. */
    List<PhaseReport> reports() {
        List<PhaseReport> reports = new ArrayList<>();
        for (PhaseRun one : past) {
            List<StepReport> steps = new ArrayList<>();
            for (StepRun step : inOrderOfBegin(one.steps)) {
                steps.add(step.report(beganAt));
            }
            reports.add(new PhaseReport(
                    one.phase,
                    Duration.ofNanos(one.begin - beganAt),
                    Duration.ofNanos(one.end - one.begin),
                    steps));
        }
        return reports;
    }

    private List<StepRun> inOrderOfBegin(List<StepRun> steps) {
        List<StepRun> sorted = new ArrayList<>(steps);
        sorted.sort(new ByBegin(beganAt));
        return sorted;
    }

    /** A class rather than a lambda: linking the first one costs a stop 2 ms. What never began comes last. */
    private record ByBegin(long origin) implements Comparator<StepRun> {
        @Override
        public int compare(StepRun a, StepRun b) {
            int byTime = Long.compare(key(a), key(b));
            // A clock may tell the same time twice.
            return byTime != 0 ? byTime : Integer.compare(a.beginNumber, b.beginNumber);
        }

        private long key(StepRun step) {
            return step.is(Stage.WAITING) ? Long.MAX_VALUE : step.begunAt() - origin;
        }
    }
}
