package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An application of a test: a real one, which takes no signals, and is not the end of this process. */
final class ListeningApplication implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final ConfigurableApplicationContext context;
    final Work work;
    private final Stop stop;

    ListeningApplication(Class<?> source, Work work, String... properties) {
        this.work = work;
        SpringApplication application = new SpringApplication(source);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(Map.of("stop.timeout", "30s"));
        application.addInitializers(context -> {
            context.getBeanFactory().registerSingleton(Surroundings.TEST_MARKER, true);
            ((GenericApplicationContext) context).registerBean("work", Work.class, () -> work);
        });
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.main.web-application-type=none",
                "--spring.main.banner-mode=off",
                "--logging.level.root=off"));
        List.of(properties).forEach(property -> arguments.add("--" + property));
        context = application.run(arguments.toArray(new String[0]));
        stop = context.getBean(Stop.class);
    }

    void requestStop() {
        stop.request("by a test");
    }

    /** Waits for the stop, and for its end. */
    Report report() throws InterruptedException {
        Report report =
                stop.await(PATIENCE).orElseThrow(() -> new AssertionError("the stop does not end"));
        assertThat(stop.awaitEnd(PATIENCE)).isTrue();
        return report;
    }

    Report end() throws InterruptedException {
        requestStop();
        return report();
    }

    static StepReport step(Report report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no step \"" + name + "\" in " + report.toText()));
    }

    static void assertDone(Report report, String... steps) {
        for (String name : steps) {
            assertThat(step(report, name).result())
                    .as(report.toText())
                    .isEqualTo(StepReport.Result.DONE);
        }
    }

    /** One is over, in whatever way, before another begins. */
    static void assertOrder(Report report, String first, String second) {
        StepReport its = step(report, first);
        assertThat(its.begin().plus(its.took()))
                .as(report.toText())
                .isLessThanOrEqualTo(step(report, second).begin());
    }

    @Override
    public void close() {
        work.goOn();
        context.close();
    }
}
