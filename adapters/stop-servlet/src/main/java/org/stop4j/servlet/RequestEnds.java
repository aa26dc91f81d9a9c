package org.stop4j.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

import org.jspecify.annotations.Nullable;

/**
 * Lets requests leave the gate that have left the filter without an answer, when the container says that they have ended.
 * Tomcat does so when it has made the page of the error. A container that does so before is no worse off than without this.
 */
final class RequestEnds implements ServletRequestListener {
    private static final String ATTRIBUTE = RequestEnds.class.getName();

    private RequestEnds() {}

    /** Adds it to a context that is being initialized. */
    static void addTo(ServletContext context) {
        context.addListener(new RequestEnds());
        context.setAttribute(ATTRIBUTE, true);
    }

    /** Whether somebody is going to say that it has ended. */
    static boolean areTold(ServletRequest request) {
        return request.getServletContext().getAttribute(ATTRIBUTE) != null;
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        @Nullable Visit visit = Visit.of(event.getServletRequest());
        if (visit != null) {
            visit.containerIsDone();
        }
    }
}
