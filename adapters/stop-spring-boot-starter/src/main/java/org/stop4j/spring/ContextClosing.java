package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.stop4j.Deadline;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.RegisteredStep;
import org.stop4j.State;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a context in the order of a stop, each of its parts a step of its own.
 *
 * <p>Spring closes a context on one thread: it publishes that it is closed, stops what has a lifecycle, and destroys the
 * beans, one after the other, and what hangs there keeps all the rest. Here these are steps, and that thread is held at
 * the places where Spring lets others in:
 *
 * <ul>
 *   <li>in phase {@link Phase#DRAIN}, when no request is in flight any more, the web servers are stopped; then the
 *       context is closed, by a thread of our own or by whoever was doing that anyhow. It publishes its event, and is
 *       then held instead of stopping what has a lifecycle;
 *   <li>in {@link Phase#FINISH}, what has a lifecycle is stopped, in the order of Spring's phases;
 *   <li>in {@link Phase#CLOSE} (telemetry: in {@link Phase#LAST}), the beans are destroyed in Spring's order, while a
 *       second thread is held in the middle of destroying all: so nobody makes new ones;
 *   <li>at the very end both are let go, and find nothing left to do.
 * </ul>
 *
 * <p>If the context is closed by somebody else while no stop is under way, that begins one, after which the process lives
 * on. A thread that is held looks up now and then, and is let go when the time of the stop is over, whatever happens.
 */
final class ContextClosing implements ApplicationListener<ContextClosedEvent>, Ordered {
    static final String EVENT = "context closed event";
    static final String CONTEXT = "context";
    static final String PARTS = "parts of the context";
    static final String LIFECYCLES = "lifecycles";
    static final String BEANS = "beans";

    /** Spring takes one who waits without a limit for one who is stuck, and interrupts it. */
    private static final long LOOK_MILLIS = 500;

    private static final long SHORTLY_MILLIS = 50;

    private final Stop stop;
    private final ConfigurableApplicationContext context;
    private final Lifecycles lifecycles;
    private final Destruction destruction;

    /** Phases keep time only if they have steps, and what is stopped and destroyed becomes known in the course of DRAIN. */
    private final List<RegisteredStep> placeholders;

    /** Whoever closes the context may go on to publish that. */
    private final CountDownLatch mayPublish = new CountDownLatch(1);
    /** Somebody has closed the context, and is held at its lifecycle processor; or was, or never came there. */
    private final CountDownLatch published = new CountDownLatch(1);
    /** Nobody is held any more. */
    private final CountDownLatch over = new CountDownLatch(1);

    /** Who closes the context: a thread of our own, or of whoever was faster. */
    private volatile @Nullable Thread closing;

    private volatile @Nullable Thread own;

    ContextClosing(Stop stop, ConfigurableApplicationContext context) {
        this.stop = stop;
        this.context = context;
        // Whatever else is counted there, what comes after it has something to come after.
        stop.gate();
        FoundSteps steps = new FoundSteps(stop, context.getBeanFactory());
        lifecycles = new Lifecycles(steps, context);
        RegisteredStep event = stop.step(Phase.DRAIN, EVENT, this::close).after(Gate.STEP);
        RegisteredStep end = stop.step(Phase.LAST, CONTEXT, this::letGo);
        destruction = new Destruction(steps, context.getBeanFactory(), end);
        placeholders = List.of(
                stop.step(Phase.FINISH, LIFECYCLES, deadline -> {}),
                stop.step(Phase.CLOSE, BEANS, deadline -> {}));
        stop.step(Phase.NOTIFY, PARTS, deadline -> findParts(event));
    }

    Stop stop() {
        return stop;
    }

    /** The context was not made, or is destroyed: nothing stays installed. Does nothing in a stop, which does so itself. */
    void uninstall() {
        stop.close();
    }

    // ---- the steps

    /** Now, and not when they are due: DRAIN may leave no time for that. */
    private void findParts(RegisteredStep event) {
        try {
            event.after(lifecycles.registerWebServers());
        } finally {
            registerParts();
        }
    }

    /** Those that are not registered yet: some are only there, or running, when the last requests have ended. */
    private synchronized void registerParts() {
        try {
            lifecycles.register();
        } finally {
            destruction.register(); // whatever is wrong with somebody's lifecycle
        }
    }

    private void close(Deadline deadline) throws InterruptedException {
        mayPublish.countDown();
        // Spring lets only one close it, and keeps the other for a tenth of a second before it says
        // so.
        boolean byAnother =
                closing != null && published.await(SHORTLY_MILLIS, TimeUnit.MILLISECONDS);
        if (!byAnother) {
            Thread thread = new Thread(this::closeContext, "stop-context");
            thread.setDaemon(true);
            own = thread;
            closing = thread;
            thread.start();
        }
        try {
            published.await();
        } catch (InterruptedException e) {
            throw standing(e);
        } finally {
            registerParts();
            placeholders.forEach(RegisteredStep::close);
        }
    }

    private IllegalStateException standing(InterruptedException e) {
        return new IllegalStateException("who closes the context stands at " + place(), e);
    }

    /** Where the thread that closes the context stands, in somebody's own code if it is there. */
    private String place() {
        Thread thread = closing;
        StackTraceElement[] stack =
                thread == null ? new StackTraceElement[0] : thread.getStackTrace();
        return Place.in(stack);
    }

    private void closeContext() {
        try {
            context.close();
        } finally {
            published.countDown();
        }
    }

    private void letGo(Deadline deadline) throws Exception {
        destruction.end();
        over.countDown();
        Thread thread = own;
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw standing(e);
            }
        }
        destruction.checkRest();
    }

    // ---- whoever closes the context

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    /** Whoever closes the context is to be held, not somebody whom a multicaster has call listeners. */
    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() != context) {
            return;
        }
        if (Thread.currentThread() != own) {
            closing = Thread.currentThread();
            leaveTasks();
            if (stop.reason().isEmpty()) {
                stop.requestWithoutExit(
                        Reason.of(Reason.Kind.CODE, "the application context is closed"));
            }
            hold(mayPublish);
        }
    }

    /** A task that closes the context is held until it is closed, so nobody can wait for it. */
    private void leaveTasks() {
        if (context.getBeanFactory().getSingleton(Tasks.BEAN) instanceof Tasks tasks) {
            tasks.leave();
        }
    }

    /** Returns whether a stop is under way, which does what would be to do, and was waited for. */
    boolean holdWhoCloses() {
        if (stop.state() == State.RUNNING) {
            return false;
        }
        published.countDown();
        hold(over);
        if (Thread.currentThread() != own) {
            awaitEnd();
            lifecycles.stopLogging();
        }
        return true;
    }

    private void hold(CountDownLatch latch) {
        boolean interrupted = false;
        boolean done = false;
        while (!done && stop.state() != State.STOPPED) {
            try {
                done = latch.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever has closed the context may make another one at once, with a stop that needs the same place. */
    private void awaitEnd() {
        Deadline limit = Deadline.after(Duration.ofSeconds(10));
        boolean interrupted = false;
        boolean done = false;
        while (!done && !limit.expired()) {
            try {
                done = stop.awaitEnd(limit.remaining());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
