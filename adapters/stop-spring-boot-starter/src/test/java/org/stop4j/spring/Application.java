package org.stop4j.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An application of a test: a real one, which takes no signals, and is not the end of this process. */
final class Application implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final ConfigurableApplicationContext context;
    final Stop stop;

    private Application(ConfigurableApplicationContext context) {
        this.context = context;
        stop = context.getBean(Stop.class);
    }

    /** Starts it, as in a test: nothing is installed. */
    static Application start(
            WebApplicationType type, List<String> properties, Class<?>... sources) {
        return new Application(run(type, properties, sources));
    }

    /** The same, for one that may be closed before anybody could ask it for a bean. */
    static ConfigurableApplicationContext run(
            WebApplicationType type, List<String> properties, Class<?>... sources) {
        SpringApplication application = new SpringApplication(sources);
        application.setWebApplicationType(type);
        application.setRegisterShutdownHook(false);
        application.addInitializers(context ->
                context.getBeanFactory().registerSingleton(Surroundings.TEST_MARKER, true));
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0", "--spring.main.banner-mode=off", "--server.address=127.0.0.1"));
        properties.forEach(property -> arguments.add("--" + property));
        return application.run(arguments.toArray(new String[0]));
    }

    /** Asks its stop, and waits for it. */
    Report end() throws InterruptedException {
        stop.request("by a test");
        return report();
    }

    Report report() throws InterruptedException {
        Report report =
                stop.await(PATIENCE).orElseThrow(() -> new AssertionError("the stop does not end"));
        if (!stop.awaitEnd(PATIENCE)) {
            throw new AssertionError("the stop does not end");
        }
        return report;
    }

    static StepReport step(Report report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no step \"" + name + "\" in " + report.toText()));
    }

    @Override
    public void close() {
        context.close();
    }
}
