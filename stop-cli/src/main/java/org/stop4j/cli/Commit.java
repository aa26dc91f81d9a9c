package org.stop4j.cli;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;

/** Which commit the command was built from. */
final class Commit {
    private static final String UNKNOWN = "unknown";

    private Commit() {}

    /** As the build has written it into the jar's manifest; "unknown" outside a jar. */
    static String name() {
        URL own = Commit.class.getResource("Commit.class");
        try {
            if (own != null && own.openConnection() instanceof JarURLConnection jar) {
                String commit = jar.getMainAttributes().getValue("Stop-Commit");
                return commit == null ? UNKNOWN : commit;
            }
        } catch (IOException e) {
            return UNKNOWN; // the jar was replaced under our feet
        }
        return UNKNOWN;
    }
}
