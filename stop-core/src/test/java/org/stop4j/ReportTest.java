package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.StepReport.Result;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class ReportTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Reason REASON = new Reason(Reason.Kind.SIGNAL, "SIGTERM", TIME);
    private static final Duration TOOK = Duration.ofMillis(312);

    private static final StackTraceElement PARK = frame("java.base", "jdk.internal.misc.Unsafe");
    private static final StackTraceElement WRAPPER = frame(null, "org.stop4j.Stop");
    private static final StackTraceElement POOL = frame(null, "com.example.Pool");
    private static final StackTraceElement BOTTOM = frame(null, "org.stop4j.StepRun");

    private static StackTraceElement frame(@Nullable String module, String type) {
        return new StackTraceElement(null, module, null, type, "close", "File.java", 42);
    }

    private static StepReport step(String name, Result result) {
        return new StepReport(name, result, Duration.ofMillis(2_512), null, List.of());
    }

    private static StepReport failed(Throwable failure) {
        return new StepReport("db", Result.FAILED, Duration.ofMillis(7), failure, List.of());
    }

    private static StepReport hung(StackTraceElement... stack) {
        return new StepReport("db", Result.HUNG, Duration.ofMillis(2_512), null, List.of(stack));
    }

    @Test
    void theWorstStepDecidesTheOutcome() {
        StepReport done = step("a", Result.DONE);
        StepReport failed = step("b", Result.FAILED);
        StepReport hung = step("c", Result.HUNG);
        assertThat(Report.of(REASON, TOOK, List.of()).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(Report.of(REASON, TOOK, List.of(done)).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(Report.of(REASON, TOOK, List.of(failed, done)).outcome())
                .isEqualTo(Outcome.FAILED);
        assertThat(Report.of(REASON, TOOK, List.of(hung, failed, done)).outcome())
                .isEqualTo(Outcome.FORCED);
    }

    @Test
    void theJsonSaysEverything() {
        StepReport failed = failed(new IllegalStateException("as told"));
        Report report = Report.of(
                REASON, TOOK, List.of(step("http", Result.DONE), failed, hung(PARK, POOL)));
        assertThat(StrictJson.parse(report.toJson()))
                .isEqualTo(Map.of(
                        "outcome",
                        "FORCED",
                        "millis",
                        312L,
                        "reason",
                        Map.of("kind", "SIGNAL", "detail", "SIGTERM", "time", TIME.toString()),
                        "steps",
                        List.of(
                                Map.of("name", "http", "result", "DONE", "millis", 2_512L),
                                Map.of(
                                        "name",
                                        "db",
                                        "result",
                                        "FAILED",
                                        "millis",
                                        7L,
                                        "failure",
                                        "java.lang.IllegalStateException: as told"),
                                Map.of(
                                        "name",
                                        "db",
                                        "result",
                                        "HUNG",
                                        "millis",
                                        2_512L,
                                        "stack",
                                        List.of(
                                                "java.base/jdk.internal.misc.Unsafe.close(File.java:42)",
                                                "com.example.Pool.close(File.java:42)")))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "\"quoted\" \\ and /", "two\nlines\r\tand \b\f\0\u001f\u007f",
                        "ä € \u2028\u2029",
                "a pair \ud83d\ude00", "alone \ud83d", "\ude00\ud83d", "{\"a\":[1,2]}"
            })
    void whateverAStepOrAReasonIsCalledComesThroughTheJson(String text) {
        Reason reason = new Reason(Reason.Kind.COMMAND, text, TIME);
        String json = Report.of(reason, TOOK, List.of(step(text, Result.DONE))).toJson();
        assertThat(json).doesNotContain("\n", "\r");
        assertThat(StrictJson.parse(json))
                .extracting("reason")
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .contains(entry("detail", text));
        assertThat(StrictJson.parse(json))
                .extracting("steps")
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .singleElement()
                .isEqualTo(Map.of("name", text, "result", "DONE", "millis", 2_512L));
    }

    @Test
    void theSummaryNamesWhatWentWrongInOneLine() {
        assertThat(Report.of(REASON, TOOK, List.of(step("a", Result.DONE))).summary())
                .isEqualTo("stopped cleanly in 312 ms (signal SIGTERM)");
        Report bad = Report.of(
                REASON,
                TOOK,
                List.of(
                        step("a", Result.DONE),
                        failed(new IllegalStateException("as told")),
                        hung(PARK, POOL)));
        assertThat(bad.summary())
                .isEqualTo("stopped in 312 ms (signal SIGTERM), but step \"db\" failed after 7 ms:"
                        + " java.lang.IllegalStateException: as told;"
                        + " \"db\" hung for 2.5 s at com.example.Pool.close(File.java:42)");
    }

    @Test
    void aHungStepIsNamedByItsInnermostPlaceOutsideTheJdkAndThisLibrary() {
        assertThat(hung(PARK, frame("jdk.net", "jdk.net.X"), WRAPPER, POOL, BOTTOM))
                .asString()
                .endsWith(" at com.example.Pool.close(File.java:42)");
        assertThat(hung(frame("com.example", "com.example.InModule"), POOL))
                .asString()
                .endsWith(" at com.example.InModule.close(File.java:42)");
        assertThat(hung(frame(null, "org.stop4j.http.StopServer"), POOL))
                .asString()
                .endsWith(" at org.stop4j.http.StopServer.close(File.java:42)");
    }

    @Test
    void aStepThatHangsInTheJdkAloneIsNamedByItsInnermostPlace() {
        assertThat(hung(PARK, WRAPPER, BOTTOM))
                .asString()
                .endsWith(" at jdk.internal.misc.Unsafe.close(File.java:42)");
        assertThat(hung()).asString().isEqualTo("\"db\" hung for 2.5 s");
    }

    @Test
    void aFailureThatCannotDescribeItselfStillLeavesAReport() {
        StepReport failed = failed(new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no words");
            }
        });
        assertThat(failed.toString()).contains("ReportTest").contains("its toString throws");
        Report report = Report.of(REASON, TOOK, List.of(failed));
        assertThat(report.summary()).contains("its toString throws");
        assertThat(StrictJson.parse(report.toJson())).isInstanceOf(Map.class);
    }

    @Test
    void aReportDoesNotChangeWithTheListsItWasMadeFrom() {
        List<StackTraceElement> stack = new ArrayList<>(List.of(POOL));
        StepReport step = new StepReport("db", Result.HUNG, TOOK, null, stack);
        List<StepReport> steps = new ArrayList<>(List.of(step));
        Report report = Report.of(REASON, TOOK, steps);
        stack.clear();
        steps.clear();
        assertThat(report.steps()).containsExactly(step);
        assertThat(step.stack()).containsExactly(POOL);
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without a null checker do
    void aReasonWithoutAPartIsRefusedWhereItIsMade() {
        assertThatThrownBy(() -> new Reason(Reason.Kind.CODE, null, TIME))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("detail");
        assertThatThrownBy(() -> Reason.of(null, ""))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("kind");
    }

    @Test
    void aReasonSaysWhereItCameFrom() {
        assertThat(REASON).hasToString("signal SIGTERM");
        assertThat(Reason.of(Reason.Kind.EXIT, "")).hasToString("JVM exit");
        assertThat(Reason.of(Reason.Kind.COMMAND, "deploy 4711"))
                .hasToString("command: deploy 4711");
        assertThat(Reason.of(Reason.Kind.HTTP, "127.0.0.1")).hasToString("HTTP: 127.0.0.1");
    }
}
