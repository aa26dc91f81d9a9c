package org.stop4j.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/**
 * Lets requests leave the gate that have left the filter without an answer, when the container says that they have ended.
 * Tomcat does so when it has made the page of the error. A container that does so before is no worse off than without this.
 */
final class RequestEnds implements ServletRequestListener {
    private static final String ATTRIBUTE = RequestEnds.class.getName();

    /** Those that wait for something; mostly none, and then no request need be asked. */
    private final Set<Visit> waiting;

    private RequestEnds(Set<Visit> waiting) {
        this.waiting = waiting;
    }

    /** Adds it to a context that is being initialized. */
    static void addTo(ServletContext context, Set<Visit> waiting) {
        context.addListener(new RequestEnds(waiting));
        context.setAttribute(ATTRIBUTE, true);
    }

    /** Whether somebody is going to say that it has ended. */
    static boolean areTold(ServletRequest request) {
        return request.getServletContext().getAttribute(ATTRIBUTE) != null;
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        @Nullable Visit visit = waiting.isEmpty() ? null : Visit.of(event.getServletRequest());
        if (visit != null) {
            visit.containerIsDone();
        }
    }
}
