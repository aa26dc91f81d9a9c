package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;

import org.apache.catalina.util.ServerInfo;
import org.junit.jupiter.api.Test;

import java.util.Objects;

class TomcatVersionTest {
    @Test
    void theTestsRunOnTheTomcatThatTheBuildSays() {
        String version = Objects.requireNonNull(
                System.getProperty("tomcat.version"),
                "system property tomcat.version, set by the build");
        assertThat(ServerInfo.getServerNumber()).startsWith(version);
        // The API, too, is that of this Tomcat.
        assertThat(ServletContext.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .contains(version.startsWith("11") ? "tomcat-embed-core-" + version : "servlet");
    }
}
