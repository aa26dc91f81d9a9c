package org.stop4j.spring;

import org.springframework.core.env.Environment;

import java.util.ArrayList;
import java.util.List;

/** The paths at which requests are no work: those that were configured, and those of actuator. */
final class Excepted {
    private Excepted() {}

    static String[] paths(StopProperties properties, Environment environment) {
        List<String> paths = new ArrayList<>();
        for (String path : properties.except()) {
            paths.add(allowed(path));
        }
        String actuator =
                environment.getProperty("management.endpoints.web.base-path", "/actuator");
        if (actuator.length() > 1 && actuator.startsWith("/")) {
            paths.add(actuator + "/*");
        }
        // Boot's short paths for probes on the main port.
        paths.add("/livez");
        paths.add("/readyz");
        return paths.toArray(new String[0]);
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
