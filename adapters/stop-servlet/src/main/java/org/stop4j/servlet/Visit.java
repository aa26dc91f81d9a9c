package org.stop4j.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;

import org.jspecify.annotations.Nullable;
import org.stop4j.Gate;
import org.stop4j.LongLived;
import org.stop4j.Work;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A request that was let in, until it leaves: when the filter is done with it, or, if it is asynchronous, when
 * the container says that it is complete.
 *
 * <p>Thread-safe.
 */
final class Visit implements AsyncListener {
    private static final String ATTRIBUTE = Visit.class.getName();

    private final Gate gate;
    /** What it counts as; null when it has left. A container may say twice that it is complete. */
    private final AtomicReference<@Nullable Work> work;

    /** Whether the container is going to say that it is complete. */
    private volatile boolean awaitsContainer;

    /** Whether the container has its answer still to make. */
    private volatile boolean awaitsPage;

    /** Where it is while it awaits either: a container that is closed may say nothing any more. */
    private final Set<Visit> detached;

    Visit(Gate gate, Work work, Set<Visit> detached) {
        this.gate = gate;
        this.detached = detached;
        this.work = new AtomicReference<>(work);
    }

    /** The visit of a request, also if that was dispatched again; null if it was not let in. */
    static @Nullable Visit of(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            if (wrapper instanceof VisitRequest its && its.visit() != null) {
                return its.visit();
            }
            inner = wrapper.getRequest();
        }
        // The container's own.
        return (Visit) request.getAttribute(ATTRIBUTE);
    }

    void longLived(LongLived told) {
        Work before = work.get();
        if (before == null) {
            throw new IllegalStateException(
                    "the request has ended; allowed: one that is not answered");
        }
        // In twice for a moment, since it must not be out for one.
        Work lasting = gate.enterLongLived(before.name(), told);
        if (work.compareAndSet(before, lasting)) {
            before.close();
        } else {
            lasting.close(); // it has ended meanwhile
        }
    }

    // ---- asynchronous

    /** The request has become asynchronous. */
    void follow(ServletRequest request, AsyncContext context) {
        // Not first when the filter is left: with Undertow, another thread may have completed it by
        // then.
        context.addListener(this);
        awaitsContainer = true;
        detach(request);
    }

    /** It goes on when the filter is left, and then only the container's request is there to know it by. */
    private void detach(ServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
        detached.add(this);
        if (work.get() == null) {
            detached.remove(this); // it has ended meanwhile
        }
    }

    /** Whether it is not over when the filter is left; asked by the thread that leaves it. */
    boolean isAsync(ServletRequest request) {
        if (!awaitsContainer && request.isAsyncStarted()) {
            follow(request, request.getAsyncContext()); // by somebody who went around our request
        }
        return awaitsContainer;
    }

    boolean hasStartedAsync(ServletRequest request) {
        return awaitsContainer || request.isAsyncStarted();
    }

    /** The filter is left, and it goes on elsewhere. */
    void leaveThread() {
        Work its = work.get();
        if (its != null) {
            its.leaveThread();
        }
    }

    /** It has been answered, and nobody else is going to say that it is complete. */
    void end(ServletRequest request) {
        if (isAsync(request)) {
            request.getAsyncContext().complete();
        }
    }

    // ---- without an answer

    /** The filter is left, and the container has the answer still to make, on the same thread. */
    void awaitContainer(ServletRequest request) {
        awaitsPage = true;
        detach(request);
    }

    /** The container has done with the request. */
    void containerIsDone() {
        if (awaitsPage) {
            close();
        }
    }

    // ---- its end

    /** It has left; further calls do nothing. */
    void close() {
        Work its = work.getAndSet(null);
        if (awaitsContainer || awaitsPage) {
            detached.remove(this);
        }
        if (its != null) {
            its.close();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        close();
    }

    /** The listeners of the round before are dropped. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    /** The container completes it after that, or somebody dispatches it. */
    @Override
    public void onTimeout(AsyncEvent event) {}

    /** The container completes it after that, or somebody dispatches it. */
    @Override
    public void onError(AsyncEvent event) {}
}
