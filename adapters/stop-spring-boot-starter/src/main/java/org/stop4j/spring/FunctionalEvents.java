package org.stop4j.spring;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.servlet.function.AsyncServerResponse;
import org.springframework.web.servlet.function.EntityResponse;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.stop4j.StoppingException;

import java.util.concurrent.CompletableFuture;

/**
 * Says of streams of events that a functional endpoint of Spring MVC returns ({@code ServerResponse.sse}) that they do not end
 * by themselves, and completes them when the stop begins.
 *
 * <p>What completes such a stream is given to the user alone; but to complete it is to set the result for which Spring waits
 * meanwhile, and who asks to be told of that result, is.
 */
final class FunctionalEvents implements HandlerFilterFunction<ServerResponse, ServerResponse> {
    private static final String KEY = FunctionalEvents.class.getName();

    /** Puts this around all endpoints, when these are known. */
    @SuppressWarnings("unchecked") // what a router function routes to always responds with one
    static void knowEventStreams(RouterFunctionMapping mapping) {
        RouterFunction<?> endpoints = mapping.getRouterFunction();
        if (endpoints != null) {
            mapping.setRouterFunction(
                    ((RouterFunction<ServerResponse>) endpoints).filter(new FunctionalEvents()));
        }
    }

    @Override
    public ServerResponse filter(ServerRequest request, HandlerFunction<ServerResponse> next)
            throws Exception {
        ServerResponse response = next.handle(request);
        if (!isStreamOfEvents(response)) {
            return response;
        }
        CompletableFuture<DeferredResult<?>> waitedFor = new CompletableFuture<>();
        HttpServletRequest its = request.servletRequest();
        try {
            EventStreamHandler.longLived(its, deadline -> {
                CompletableFuture<Void> unused =
                        waitedFor.thenAccept(result -> result.setResult(null));
            });
        } catch (StoppingException tooLate) {
            return ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .header("Retry-After", "1")
                    .build();
        }
        WebAsyncUtils.getAsyncManager(its)
                .registerDeferredResultInterceptor(KEY, new DeferredResultProcessingInterceptor() {
                    @Override
                    public <T> void preProcess(NativeWebRequest same, DeferredResult<T> result) {
                        waitedFor.complete(result);
                    }
                });
        return response;
    }

    /** One that is still to come tells nothing of itself, and an entity ends when its publisher does. */
    private static boolean isStreamOfEvents(@Nullable ServerResponse response) {
        return response != null
                && !(response instanceof AsyncServerResponse)
                && !(response instanceof EntityResponse)
                && MediaType.TEXT_EVENT_STREAM.isCompatibleWith(
                        response.headers().getContentType());
    }
}
