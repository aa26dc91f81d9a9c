package org.stop4j.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

import org.jspecify.annotations.Nullable;

/** A request whose visit learns when it becomes asynchronous, and whose answer stays what the filter made it. */
final class VisitRequest extends HttpServletRequestWrapper {
    private final LastAnswer answer;
    private final @Nullable Visit visit;

    VisitRequest(HttpServletRequest request, LastAnswer answer, @Nullable Visit visit) {
        super(request);
        this.answer = answer;
        this.visit = visit;
    }

    @Nullable
    Visit visit() {
        return visit;
    }

    @Override
    public AsyncContext startAsync() {
        AsyncContext context = super.startAsync();
        follow(context);
        return new VisitContext(context, this, answer);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        AsyncContext context = super.startAsync(request, response);
        follow(context);
        return context;
    }

    private void follow(AsyncContext context) {
        if (visit != null) {
            visit.follow(getRequest(), context);
        }
    }

    @Override
    public AsyncContext getAsyncContext() {
        AsyncContext context = super.getAsyncContext();
        return context.hasOriginalRequestAndResponse()
                ? new VisitContext(context, this, answer)
                : context;
    }
}
