package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.SpringServletContainerInitializer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.Stop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** An application that is deployed in a servlet container, which lives on when it goes. */
class ContainerTest {
    @TempDir
    private Path directory;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    public static class Deployed {
        @GetMapping("/")
        public String greeting() {
            return "served";
        }
    }

    /** What a WAR has instead of a main method. */
    public static final class Initializer extends SpringBootServletInitializer {
        @Override
        protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
            return builder.sources(Deployed.class);
        }
    }

    private Tomcat tomcat() throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.resolve("tomcat").toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getHost();
        tomcat.start();
        return tomcat;
    }

    private static Context deploy(Tomcat tomcat) {
        // Not by addContext, which starts it at once.
        StandardContext context = new StandardContext();
        context.setPath("");
        context.addLifecycleListener(new Tomcat.FixContextListener());
        context.addServletContainerInitializer(
                new SpringServletContainerInitializer(), Set.of(Initializer.class));
        tomcat.getHost().addChild(context);
        return context;
    }

    private static int get(Tomcat tomcat) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void whatIsDeployedInAContainerInstallsNothingAndIsStoppedInOrderWhenItGoes() throws Exception {
        Path place = Files.createDirectory(directory.resolve("place"));
        System.setProperty("stop.dir", place.toString());
        Tomcat tomcat = tomcat();
        try {
            Context deployed = deploy(tomcat);
            assertThat(get(tomcat)).isEqualTo(200);
            ServletContext servlet = deployed.getServletContext();
            WebApplicationContext spring = Objects.requireNonNull(
                    WebApplicationContextUtils.getWebApplicationContext(servlet));
            assertThat(spring.getBean(Surroundings.class)).isEqualTo(Surroundings.CONTAINER);
            Stop stop = spring.getBean(Stop.class);
            assertThat(stop.gate().inFlight()).isZero();
            try (Stream<Path> files = Files.list(place)) {
                assertThat(files).isEmpty();
            }

            deployed.stop();

            Report report = stop.await(Application.PATIENCE).orElseThrow();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(stop.gate().isOpen()).isFalse();
            tomcat.getHost().removeChild(deployed);
            deploy(tomcat);
            assertThat(get(tomcat)).as("deployed again").isEqualTo(200);
        } finally {
            System.clearProperty("stop.dir");
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
