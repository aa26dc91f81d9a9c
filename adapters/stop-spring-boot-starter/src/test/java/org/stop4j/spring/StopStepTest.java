package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.stop4j.Deadline;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.spring.user.Closed;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

class StopStepTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Good {
        final List<String> calls = new CopyOnWriteArrayList<>();

        @Bean
        Several several() {
            return new Several(calls);
        }

        @Bean
        Closed closed() {
            return new Closed(() -> calls.add("closed"));
        }

        @Bean
        @Lazy
        Late late() {
            return new Late(calls);
        }
    }

    static class Several {
        private final List<String> calls;

        Several(List<String> calls) {
            this.calls = calls;
        }

        @StopStep
        void plain() {
            calls.add("plain");
        }

        @StopStep(phase = "drain", ceiling = "${of.nobody:2s}", name = "limited")
        protected int withDeadline(Deadline deadline) {
            calls.add("limited " + (deadline.remaining().compareTo(Duration.ofSeconds(2)) <= 0));
            return 1;
        }

        @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // by reflection
        @StopStep(
                phase = "FINISH",
                after = {"several.plain", "executor nobody's"})
        private CompletionStage<?> both(Deadline deadline, Reason reason) {
            calls.add("both " + reason.detail());
            return CompletableFuture.runAsync(() -> calls.add("both has completed"));
        }

        @StopStep(phase = "CLOSE")
        public void early() {
            calls.add("early");
        }

        @StopStep(phase = "CLOSE", after = "bean closed")
        public void afterwards() {
            calls.add("afterwards");
        }
    }

    static class Late {
        private final List<String> calls;

        Late(List<String> calls) {
            this.calls = calls;
        }

        @StopStep(phase = "LAST")
        void fail() {
            calls.add("late");
            throw new IllegalStateException("on purpose");
        }
    }

    @Test
    void whatIsDeclaredIsRunAsItIsDeclared() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Good.class)) {
            Good good = application.context.getBean(Good.class);
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(good.calls)
                    .containsExactly(
                            "limited true",
                            "plain",
                            "both by a test",
                            "both has completed",
                            "early",
                            "closed",
                            "afterwards");
            assertThat(Application.step(report, "limited").phase()).isEqualTo(Phase.DRAIN);
            assertThat(Application.step(report, "several.plain").phase()).isEqualTo(Phase.FINISH);
        }
    }

    @Test
    void oneThatIsMadeLaterHasItsStepToo() throws Exception {
        try (Application application =
                Application.start(WebApplicationType.NONE, List.of(), Good.class)) {
            Good good = application.context.getBean(Good.class);
            application.context.getBean(Late.class);
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.FAILED);
            assertThat(good.calls).endsWith("late");
            StepReport late = Application.step(report, "late.fail");
            assertThat(late.result()).isEqualTo(StepReport.Result.FAILED);
            assertThat(late.failure()).hasMessage("on purpose");
        }
    }

    // ---- proxies

    interface Sending {
        void send();
    }

    static class BehindInterface implements Sending {
        private final List<String> calls = new CopyOnWriteArrayList<>();

        @Async
        @Override
        public void send() {}

        @StopStep
        void flush() {
            calls.add("flushed");
        }
    }

    static class BehindClass {
        private final List<String> calls = new CopyOnWriteArrayList<>();

        @Async
        public void send() {}

        @SuppressWarnings("UnusedMethod") // by reflection
        @StopStep
        private void hidden() {
            calls.add("hidden");
        }

        @StopStep
        void visible() {
            calls.add("visible");
        }

        List<String> calls() {
            return calls;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsync
    static class Proxied {
        final BehindInterface behindInterface = new BehindInterface();

        @Bean
        BehindInterface behindInterface() {
            return behindInterface;
        }

        @Bean
        BehindClass behindClass() {
            return new BehindClass();
        }
    }

    @Test
    void aBeanBehindAProxyHasItsSteps() throws Exception {
        List<String> properties = List.of("spring.aop.proxy-target-class=false");
        try (Application application =
                Application.start(WebApplicationType.NONE, properties, Proxied.class)) {
            assertThat(AopUtils.isJdkDynamicProxy(application.context.getBean("behindInterface")))
                    .isTrue();
            BehindClass behindClass = application.context.getBean(BehindClass.class);
            assertThat(AopUtils.isCglibProxy(behindClass)).isTrue();
            BehindInterface behindInterface =
                    application.context.getBean(Proxied.class).behindInterface;
            Report report = application.end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(behindInterface.calls).containsExactly("flushed");
            assertThat(behindClass.calls()).containsExactlyInAnyOrder("hidden", "visible");
        }
    }

    // ---- what is wrong

    static class WrongPhase {
        @StopStep(phase = "FINNISH")
        void end() {}
    }

    @Test
    void aPhaseThatThereIsNotFailsTheStart() {
        assertThat(failure(WrongPhase.class))
                .contains("StopStepTest$WrongPhase.end")
                .contains("phase is \"FINNISH\"; allowed: [NOTIFY, DRAIN, FINISH, CLOSE, LAST]");
    }

    static class WrongCeiling {
        @StopStep(ceiling = "soon")
        void end() {}
    }

    @Test
    void aCeilingThatIsNoDurationFailsTheStart() {
        assertThat(failure(WrongCeiling.class))
                .contains("StopStepTest$WrongCeiling.end")
                .contains("ceiling is \"soon\"; allowed: a duration of more than zero");
    }

    static class NoTime {
        @StopStep(ceiling = "0s")
        void end() {}
    }

    @Test
    void aCeilingOfZeroFailsTheStart() {
        assertThat(failure(NoTime.class))
                .contains("ceiling is \"0s\"; allowed: a duration of more");
    }

    static class WrongParameters {
        @StopStep
        void end(String reason) {}
    }

    @Test
    void parametersThatNobodyCanGiveFailTheStart() {
        assertThat(failure(WrongParameters.class))
                .contains("StopStepTest$WrongParameters.end")
                .contains("it takes (String); allowed: (), (Deadline) or (Deadline, Reason)");
    }

    static class Static {
        @StopStep
        static void end() {}
    }

    @Test
    void aStaticMethodFailsTheStart() {
        assertThat(failure(Static.class)).contains("it is static; allowed: ");
    }

    static class Twice {
        @StopStep(name = "rest")
        void end() {}

        @StopStep(name = "rest")
        void close() {}
    }

    @Test
    void aNameThatAnotherStepHasFailsTheStart() {
        assertThat(failure(Twice.class)).contains("StopStepTest$Twice.").contains("\"rest\"");
    }

    static class Circle {
        @StopStep(after = "stopStepTest.Circle.end")
        void end() {}
    }

    @Test
    void aStepThatWaitsForItselfFailsTheStart() {
        assertThat(failure(Circle.class)).contains("StopStepTest$Circle.end");
    }

    @Scope("prototype")
    static class Prototype {
        @StopStep
        void end() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class NeedsPrototype {
        NeedsPrototype(Prototype prototype) {
            Objects.requireNonNull(prototype);
        }
    }

    @Test
    void aBeanOfWhichThereAreSeveralFailsTheStart() {
        assertThat(failure(Prototype.class, NeedsPrototype.class))
                .contains("is no singleton; allowed: ");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    /** Why the start fails, in the words that Boot prints. */
    private static String failure(Class<?> bean) {
        return failure(bean, Empty.class);
    }

    private static String failure(Class<?>... sources) {
        Throwable thrown = catchThrowable(
                () -> Application.start(WebApplicationType.NONE, List.of(), sources));
        assertThat(thrown).isNotNull();
        FailureAnalysis analysis = new StopStepFailureAnalyzer().analyze(thrown);
        assertThat(analysis).as("" + thrown).isNotNull();
        return analysis.getDescription();
    }
}
