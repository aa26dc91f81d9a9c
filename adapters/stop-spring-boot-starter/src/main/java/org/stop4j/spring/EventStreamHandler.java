package org.stop4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.stop4j.LongLived;
import org.stop4j.StoppingException;
import org.stop4j.servlet.StopFilter;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import java.util.Collection;
import java.util.List;

/**
 * Says of streams of events that they do not end by themselves, and completes them when the stop begins, between two
 * events: an emitter, or a publisher that is sent as events.
 */
final class EventStreamHandler implements HandlerMethodReturnValueHandler {
    private static final boolean REACTOR = ClassUtils.isPresent(
            "reactor.core.publisher.Flux", EventStreamHandler.class.getClassLoader());

    private final HandlerMethodReturnValueHandler handler;

    EventStreamHandler(HandlerMethodReturnValueHandler handler) {
        this.handler = handler;
    }

    @Override
    public boolean supportsReturnType(MethodParameter returnType) {
        return handler.supportsReturnType(returnType);
    }

    @Override
    public void handleReturnValue(
            @Nullable Object returnValue,
            MethodParameter returnType,
            ModelAndViewContainer container,
            NativeWebRequest request)
            throws Exception {
        Object value = returnValue;
        try {
            if (returnValue instanceof ResponseEntity<?> entity) {
                Object body = entity.getBody();
                MediaType type = entity.getHeaders().getContentType();
                Object gated = gated(body, type, returnType.nested(), request);
                value = gated == body
                        ? entity
                        : ResponseEntity.status(entity.getStatusCode())
                                .headers(entity.getHeaders())
                                .body(gated);
            } else {
                value = gated(returnValue, null, returnType, request);
            }
        } catch (StoppingException tooLate) {
            refuse(container, request);
            return;
        }
        handler.handleReturnValue(value, returnType, container, request);
    }

    private static @Nullable Object gated(
            @Nullable Object value,
            @Nullable MediaType type,
            MethodParameter returnType,
            NativeWebRequest request) {
        if (value instanceof ResponseBodyEmitter emitter) {
            if (emitter instanceof SseEmitter || isOfEvents(type, request)) {
                longLived(request, deadline -> emitter.complete());
            }
            return value;
        }
        return value != null && REACTOR && isSentAsEvents(value, type, returnType, request)
                ? OfReactor.gated(value, request)
                : value;
    }

    /** As Spring decides it. */
    private static boolean isSentAsEvents(
            Object value,
            @Nullable MediaType type,
            MethodParameter returnType,
            NativeWebRequest request) {
        ReactiveAdapter adapter =
                ReactiveAdapterRegistry.getSharedInstance().getAdapter(value.getClass());
        Class<?> element =
                ResolvableType.forMethodParameter(returnType).getGeneric().toClass();
        return adapter != null
                && adapter.isMultiValue()
                && (ServerSentEvent.class.isAssignableFrom(element) || isOfEvents(type, request));
    }

    private static boolean isOfEvents(@Nullable MediaType type, NativeWebRequest request) {
        if (type != null) {
            return MediaType.TEXT_EVENT_STREAM.includes(type);
        }
        return produced(request).stream().anyMatch(MediaType.TEXT_EVENT_STREAM::includes);
    }

    private static Collection<MediaType> produced(NativeWebRequest request) {
        Object types = request.getAttribute(
                HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        if (types instanceof Collection<?> all && !all.isEmpty()) {
            return all.stream().map(MediaType.class::cast).toList();
        }
        String accepted = request.getHeader("Accept");
        return accepted == null ? List.of() : MediaType.parseMediaTypes(accepted);
    }

    private static void longLived(NativeWebRequest request, LongLived told) {
        HttpServletRequest its = request.getNativeRequest(HttpServletRequest.class);
        if (its != null) {
            longLived(its, told);
        }
    }

    static void longLived(HttpServletRequest request, LongLived told) {
        try {
            StopFilter.longLived(request, told);
        } catch (StoppingException tooLate) {
            throw tooLate;
        } catch (IllegalStateException notLetIn) {
            // Its path is excepted: it is no work.
        }
    }

    /** Nothing was sent: it is as if it had come when the gate was closed. */
    private static void refuse(ModelAndViewContainer container, NativeWebRequest request) {
        container.setRequestHandled(true);
        HttpServletResponse response = request.getNativeResponse(HttpServletResponse.class);
        if (response != null) {
            response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
            response.setHeader("Retry-After", "1");
        }
    }

    /** Loaded only where its types are. */
    private static final class OfReactor {
        static Object gated(Object value, NativeWebRequest request) {
            Sinks.Empty<Void> end = Sinks.empty();
            longLived(request, deadline -> end.tryEmitEmpty());
            ReactiveAdapter adapter =
                    ReactiveAdapterRegistry.getSharedInstance().getAdapter(value.getClass());
            return adapter == null
                    ? value
                    : Flux.from(adapter.toPublisher(value)).takeUntilOther(end.asMono());
        }
    }
}
