package org.stop4j.servlet;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

import org.stop4j.Stop;

import java.util.Objects;

/**
 * Registers a {@link StopFilter} in its context, as the first one, for all paths.
 *
 * <p>By its class, in {@code web.xml} or where else containers are told of listeners, it finds the stop in the
 * context, in the attribute {@link StopFilter#STOP}, and what is excepted in its init parameter {@link
 * StopFilter#EXCEPT}. Without the stop, the context does not start.
 *
 * <p>When the context ends, before the stop or in it, nothing is done: a context may be closed by whoever has
 * started it.
 *
 * <p>Embedded Tomcat lets only listeners that were given by their class register filters. Give it the stop by that
 * attribute, or {@code context.addServletContainerInitializer((types, its) -> filter.addTo(its), null)}.
 *
 * @since 0.1
 */
public final class StopContextListener implements ServletContextListener {
    private final StopFilter filter;

    /** Makes a listener whose filter finds its stop in the servlet context. */
    public StopContextListener() {
        this(new StopFilter());
    }

    /**
     * Makes a listener.
     *
     * @param stop whose gate the requests enter
     */
    public StopContextListener(Stop stop) {
        this(new StopFilter(stop));
    }

    /**
     * Makes a listener.
     *
     * @param filter the filter that it registers
     */
    public StopContextListener(StopFilter filter) {
        this.filter = Objects.requireNonNull(filter, "filter");
    }

    /**
     * Registers the filter.
     *
     * @throws IllegalStateException if there is a filter by the name {@code stop}
     * @throws UnsupportedOperationException if the container lets this listener register none, see above
     */
    @Override
    public void contextInitialized(ServletContextEvent event) {
        filter.addTo(event.getServletContext());
    }
}
