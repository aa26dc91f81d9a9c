package org.stop4j.netty;

import io.netty.handler.codec.http.HttpStatusClass;

import org.jspecify.annotations.Nullable;
import org.stop4j.Work;

import java.util.concurrent.atomic.AtomicReference;

/** A request, until it has its answer. Thread-safe. */
final class Exchange {
    private final String method;
    private final String name;
    /** What it is counted as; nothing if it is not, or not any more. */
    private final AtomicReference<@Nullable Work> work;

    Exchange(String method, String name, @Nullable Work work) {
        this.method = method;
        this.name = name;
        this.work = new AtomicReference<>(work);
    }

    String name() {
        return name;
    }

    /** Whether an answer of this kind makes a tunnel of the connection. */
    boolean becomesTunnel(HttpStatusClass answer) {
        return answer == HttpStatusClass.SUCCESS && method.equals("CONNECT");
    }

    /** Is counted as this from now on. */
    void becomes(Work other) {
        close(work.getAndSet(other));
    }

    /** Is not counted any more. Calling it again does nothing. */
    void leave() {
        close(work.getAndSet(null));
    }

    private static void close(@Nullable Work work) {
        if (work != null) {
            work.close();
        }
    }
}
