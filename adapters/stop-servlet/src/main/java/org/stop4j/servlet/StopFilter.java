package org.stop4j.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.stop4j.Gate;
import org.stop4j.LongLived;
import org.stop4j.Stop;
import org.stop4j.StoppingException;
import org.stop4j.Work;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets every request in at the {@linkplain Stop#gate gate} of a stop, and out when it has been answered; an
 * asynchronous one when it is complete. It should be the first filter, for all paths, and support asynchronous
 * requests: {@link #addTo} and {@link StopContextListener} see to that.
 *
 * <pre>{@code
 * StopFilter filter = new StopFilter(stop).except("/ready");
 * }</pre>
 *
 * <p>From when a stop or a drain has begun, every answer over HTTP/1.1 that passes the filter has the header
 * {@code Connection: close}, also the answers to requests that came before. When the gate is closed, requests are
 * answered with 503, {@code Retry-After: 1} and, over HTTP/1.1, {@code Connection: close}; up to 2 MiB of their
 * body are read and dropped, so that the client is not cut off before it has seen the answer.
 *
 * <p>Over HTTP/2, these answers have their connection told to go away, by GOAWAY; what comes on it nevertheless is
 * served until the gate is closed. Jetty tells the one connection, with its answer. Tomcat, from 10.1.53 and 11.0.20,
 * tells all of the connectors that it has when the filter is initialized, 0.1 s after an answer on any; for that, their
 * HTTP/2 is given a drain timeout then, unless it has one. Older Tomcats, one in which others are deployed beside this
 * filter, and Undertow, tell nobody.
 *
 * <p>A request is called by its method and path ({@code GET /orders/42}), without query and path parameters, which
 * may hold secrets. It is let in once, however often it is dispatched again. If it is answered while the stop is
 * under way, the answer is complete before the request counts as done; only an error page, which the container
 * makes afterwards, is not waited for here, but by the step that closes the listener.
 *
 * <p>A request that waits for a thread of the container has not come to the filter: it is not in flight, and is
 * refused if the gate closes meanwhile. So give a container as many threads as it is to serve requests at a time;
 * Undertow has only eight for each processor by itself, and Tomcat serves 20 streams of one connection of HTTP/2.
 *
 * <p>An upgraded connection (WebSocket) is no request any more: it neither counts, nor is it told of the stop; the
 * container closes it with its connections. Where that matters, its endpoint enters the gate by {@link
 * Gate#enterLongLived}.
 *
 * <p>Safe to use from any thread. It cannot be changed, and belongs to one context: when that is destroyed, what is
 * still asynchronous in it counts no more, since nobody can answer it.
 *
 * @since 0.1
 */
public final class StopFilter implements Filter {
    /** The name of the attribute of the servlet context in which the {@link Stop} is, for who gives it no other way. */
    public static final String STOP = "org.stop4j.Stop";

    /**
     * The name of the init parameter, of the filter or else of the context, that lists what is excepted: paths as of
     * {@link #except}, separated by commas or white space.
     */
    public static final String EXCEPT = "org.stop4j.except";

    private static final String NAME = "stop";
    private static final String BY = "by the servlet filter";

    private final @Nullable Stop given;
    private final Paths givenPaths;
    // Set by init, which the container calls before anything else, and publishes:
    private @Nullable Stop found;
    private GoAway goAway = GoAway.NONE;
    private Paths excepted;
    /** Those that are asynchronous, and not complete. */
    private final Set<Visit> detached = ConcurrentHashMap.newKeySet();

    /** Makes a filter that finds its stop in the servlet context, in the attribute {@link #STOP}. */
    public StopFilter() {
        this(null, Paths.NONE);
    }

    /**
     * Makes a filter.
     *
     * @param stop whose gate the requests enter
     */
    public StopFilter(Stop stop) {
        this(stop, Paths.NONE);
        stop.gate(); // from now on it is waited for, also if nobody ever comes
    }

    private StopFilter(@Nullable Stop stop, Paths paths) {
        given = stop;
        givenPaths = paths;
        found = stop;
        excepted = paths;
    }

    /**
     * Excepts paths: requests there are neither counted nor ever refused. That is right for probes, which must be
     * answered until the listener is closed, by their own logic.
     *
     * @param paths within the context: {@code /live}, or {@code /health/*} for all that is there and below
     * @return a new filter that excepts these, too
     * @throws IllegalArgumentException if one does not begin with a slash, or has a star elsewhere than at its end
     *     after a slash
     */
    public StopFilter except(String... paths) {
        return new StopFilter(given, givenPaths.and(paths));
    }

    /**
     * Registers this filter in a context that is being initialized, as the first one, for all paths.
     *
     * @param context the context
     * @return the registration, by the name {@code stop}
     * @throws IllegalStateException if there is a filter of that name, or no stop, or the context is initialized
     *     already
     */
    public FilterRegistration.Dynamic addTo(ServletContext context) {
        // Not only in init(), which Undertow calls when the first request comes.
        Stop stop = given == null ? stopOf(context) : given;
        stop.gate();
        FilterRegistration.Dynamic registration = context.addFilter(NAME, this);
        if (registration == null) {
            throw new IllegalStateException("there is a filter \"" + NAME + "\" in context \""
                    + context.getContextPath() + "\" already; allowed: one");
        }
        registration.setAsyncSupported(true);
        // ASYNC and ERROR are not let in again; but their answers must have the header, too.
        registration.addMappingForUrlPatterns(
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR),
                false,
                "/*");
        RequestEnds.addTo(context, detached);
        return registration;
    }

    /**
     * Says that a request does not end by itself, a stream of events: it is told when a stop begins, and has a limit
     * of its own then ({@link Stop.Builder#longLived}). It still counts until it is complete. Called again, the
     * last call counts.
     *
     * @param request a request that this filter has let in and that has not been answered
     * @param told how it is told; if the stop has begun already, that happens soon, perhaps before this returns
     * @throws StoppingException if the gate has been closed meanwhile. If it is thrown on to the filter before
     *     anything was sent, the client gets the answer of a refused request
     * @throws IllegalStateException if no filter has let it in, or it has ended
     */
    public static void longLived(ServletRequest request, LongLived told) {
        Visit visit = Visit.of(request);
        if (visit == null) {
            throw new IllegalStateException("the request was not let in by a StopFilter;"
                    + " allowed: one that was, at a path that is not excepted");
        }
        visit.longLived(told);
    }

    /**
     * Finds the stop, and what is excepted.
     *
     * @throws IllegalStateException if there is no stop
     * @throws IllegalArgumentException if a path that is to be excepted is not allowed
     */
    @Override
    public void init(FilterConfig config) {
        ServletContext context = config.getServletContext();
        found = given == null ? stopOf(context) : given;
        found.gate();
        goAway = GoAway.of(context, found);
        String paths = config.getInitParameter(EXCEPT);
        if (paths == null) {
            paths = context.getInitParameter(EXCEPT);
        }
        excepted = paths == null ? givenPaths : givenPaths.and(paths.strip().split("[,\\s]+"));
    }

    private static Stop stopOf(ServletContext context) {
        Object value = context.getAttribute(STOP);
        if (value instanceof Stop stop) {
            return stop;
        }
        throw new IllegalStateException("attribute \"" + STOP + "\" of servlet context \""
                + context.getContextPath() + "\" is "
                + (value == null ? "not set" : "a " + value.getClass().getName())
                + "; allowed: the " + Stop.class.getName()
                + " of this process, set before the context starts");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Stop stop = found;
        if (stop == null) {
            throw new IllegalStateException("the filter has no stop: init() was not called");
        }
        if (!(request instanceof HttpServletRequest http)
                || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        Visit visit = Visit.of(request);
        boolean isNew = visit == null && http.getDispatcherType() == DispatcherType.REQUEST;
        if (isNew && !excepted.contain(http)) {
            admit(stop, http, answer, chain);
        } else {
            pass(stop, visit, http, answer, chain);
        }
    }

    @Override
    public void destroy() {
        detached.forEach(Visit::close);
    }

    /** Lets through what is counted already, or not at all. */
    private void pass(
            Stop stop,
            @Nullable Visit visit,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        LastAnswer answer = new LastAnswer(stop, goAway, request, response);
        try {
            chain.doFilter(new VisitRequest(request, answer, visit), answer);
        } finally {
            answer.beforeCommit();
        }
        // Tomcat says that it is complete, and then sends what is left of the answer.
        if (visit != null
                && request.getDispatcherType() == DispatcherType.ASYNC
                && !request.isAsyncStarted()) {
            answer.complete();
        }
    }

    private void admit(
            Stop stop, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Gate gate = stop.gate();
        Optional<Work> work = gate.tryEnter(name(request), BY);
        LastAnswer answer = new LastAnswer(stop, goAway, request, response);
        if (work.isEmpty()) {
            Refusal.answer(request, answer);
            return;
        }
        Visit visit = new Visit(gate, work.get(), detached);
        boolean served = false;
        try {
            serve(answer, visit, request, chain);
            served = true;
        } finally {
            if (served && visit.isAsync(request)) {
                visit.leaveThread();
            } else if (!visit.hasStartedAsync(request)
                    && answer.lacksPage(served)
                    && RequestEnds.areTold(request)) {
                visit.awaitContainer(request);
            } else {
                // Who throws is done, also with an asynchronous request: Tomcat may never call that
                // complete.
                visit.close();
            }
        }
    }

    private static void serve(
            LastAnswer answer, Visit visit, HttpServletRequest request, FilterChain chain)
            throws IOException, ServletException {
        boolean answered = false;
        try {
            chain.doFilter(new VisitRequest(request, answer, visit), answer);
            answered = true;
        } catch (StoppingException tooLate) {
            // Work inside of it, or longLived(): the gate was closed after the request came in.
            if (answer.isCommitted()) {
                throw tooLate;
            }
            answer.reset();
            Refusal.answer(request, answer);
            visit.end(request);
        } finally {
            answer.beforeCommit();
        }
        if (answered && !visit.isAsync(request)) {
            answer.complete();
        }
    }

    /** {@code GET /orders/42} */
    private static String name(HttpServletRequest request) {
        String path = request.getRequestURI();
        if (path.indexOf(';') >= 0) {
            path = path.replaceAll(";[^/]*", ""); // session ids
        }
        return request.getMethod() + ' ' + path;
    }
}
