package org.stop4j.spring;

import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.stop4j.Step;
import org.stop4j.servlet.TomcatStep;

import java.lang.reflect.Method;

/**
 * The web server that a context has started, if it has. Boot's types for it have moved from line to line, so its public methods
 * are called by their names.
 *
 * @param server Boot's web server; null if there is none
 */
record EmbeddedServer(@Nullable Object server) {
    static EmbeddedServer of(ApplicationContext context) {
        return new EmbeddedServer(call(context, "getWebServer"));
    }

    /**
     * Whether its graceful shutdown is to be left out. It makes Undertow answer 503 by itself, before our filter can say that the
     * connection closes and when to come again; and nothing is in flight any more.
     */
    boolean refusesByItself() {
        return server != null && server.getClass().getSimpleName().startsWith("Undertow");
    }

    /** What stops it, but only when what was answered last has been sent. */
    Step sentBefore(Step stop) {
        Object tomcat = call(server, "getTomcat");
        if (tomcat == null) {
            return stop;
        }
        Step idle = OfTomcat.idle(tomcat);
        return deadline -> {
            idle.run(deadline);
            stop.run(deadline);
        };
    }

    private static @Nullable Object call(@Nullable Object target, String name) {
        if (target == null) {
            return null;
        }
        Method method = ClassUtils.getMethodIfAvailable(target.getClass(), name);
        return method == null
                ? null
                : ReflectionUtils.invokeMethod(
                        ClassUtils.getInterfaceMethodIfPossible(method, target.getClass()), target);
    }

    /** Loaded only where its types are. */
    private static final class OfTomcat {
        static Step idle(Object tomcat) {
            return TomcatStep.idle((Tomcat) tomcat);
        }
    }
}
