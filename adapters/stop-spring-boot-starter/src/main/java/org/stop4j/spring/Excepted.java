package org.stop4j.spring;

import org.springframework.core.env.Environment;

import java.util.ArrayList;
import java.util.List;

/** The paths at which requests are no work: those that were configured, and those of actuator. */
final class Excepted {
    private Excepted() {}

    /** As the filter for servlets sees them: with the path of the servlet that serves them. */
    static String[] ofServlet(StopProperties properties, Environment environment) {
        String servlet = withoutSlash(environment.getProperty("spring.mvc.servlet.path", "/"));
        return paths(properties, environment, servlet);
    }

    static String[] ofWebFlux(StopProperties properties, Environment environment) {
        return paths(properties, environment, "");
    }

    private static String[] paths(
            StopProperties properties, Environment environment, String above) {
        List<String> paths = new ArrayList<>();
        for (String path : properties.except()) {
            paths.add(allowed(path));
        }
        String actuator = withoutSlash(
                environment.getProperty("management.endpoints.web.base-path", "/actuator"));
        // Without a path of its own, it cannot be told from the application, but for the probes.
        paths.add(above + (actuator.isEmpty() ? '/' + health(environment) : actuator) + "/*");
        // Boot's short paths for probes on the main port.
        paths.add(above + "/livez");
        paths.add(above + "/readyz");
        return paths.toArray(new String[0]);
    }

    private static String health(Environment environment) {
        return environment.getProperty("management.endpoints.web.path-mapping.health", "health");
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String allowed(String path) {
        int star = path.indexOf('*');
        if (!path.startsWith("/")
                || (star >= 0 && !(path.endsWith("/*") && star == path.length() - 1))) {
            throw new StopConfigurationException(
                    "stop.except",
                    new IllegalArgumentException("path is \"" + path
                            + "\"; allowed: one that begins with /, and may end with /*"));
        }
        return path;
    }
}
