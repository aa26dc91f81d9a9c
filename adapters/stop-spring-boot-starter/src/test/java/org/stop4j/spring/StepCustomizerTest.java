package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.spring.user.Closed;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

class StepCustomizerTest {
    /** Stops when it is asked, or never. */
    private static final class Thing implements SmartLifecycle {
        private final boolean hangs;
        private volatile boolean running;

        Thing(boolean hangs) {
            this.hangs = hangs;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            if (hangs) {
                hang();
            }
            running = false;
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Things {
        final Set<String> seen = new LinkedHashSet<>();

        @Bean
        Thing leftOut() {
            return new Thing(false);
        }

        @Bean
        Thing limited() {
            return new Thing(true);
        }

        @Bean
        Thing moved() {
            return new Thing(false);
        }

        @Bean
        Thing tooEarly() {
            return new Thing(false);
        }

        @Bean
        Thing first() {
            return new Thing(false);
        }

        @Bean
        Thing second() {
            return new Thing(false);
        }

        @Bean
        Closed closed() {
            return new Closed(() -> {});
        }

        @Bean
        StepCustomizer customizer() {
            return step -> {
                seen.add(step.name());
                switch (step.name()) {
                    case "lifecycle leftOut" -> step.leaveOut();
                    case "lifecycle limited" -> step.ceiling(Duration.ofMillis(100));
                    case "lifecycle moved" -> step.phase(Phase.LAST);
                    case "lifecycle tooEarly" -> step.phase(Phase.NOTIFY);
                    case "lifecycle first" -> step.after("lifecycle second");
                    case "bean closed" -> throw new IllegalStateException("on purpose");
                    default -> {}
                }
            };
        }
    }

    @Test
    void whoHasASayInAStepIsHeard() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.SERVLET, List.of(), Things.class)) {
            Things things = application.context.getBean(Things.class);
            application.stop.step(Phase.FINISH, "tasks", deadline -> {});
            application.stop.step(Phase.CLOSE, "bean closed", deadline -> {});
            Thing leftOut = application.context.getBean("leftOut", Thing.class);
            Report report = application.end();
            String text = report.toText();
            assertThat(report.outcome()).as(text).isEqualTo(Outcome.FORCED);
            List<String> names = report.steps().stream().map(StepReport::name).toList();
            assertThat(names)
                    .doesNotContain("lifecycle leftOut")
                    .containsSubsequence("lifecycle second", "lifecycle first")
                    .contains("tasks stopTasks", "bean closed#2");
            assertThat(leftOut.isRunning()).isTrue();
            assertThat(Application.step(report, "lifecycle limited").took())
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(Application.step(report, "lifecycle moved").phase()).isEqualTo(Phase.LAST);
            assertThat(Application.step(report, "lifecycle tooEarly").phase())
                    .isEqualTo(Phase.FINISH);
            assertThat(things.seen)
                    .contains(
                            "lifecycle webServerStartStop",
                            "lifecycle moved",
                            "tasks",
                            "bean closed");
        }
    }
}
