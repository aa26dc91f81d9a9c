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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class ReportTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Reason REASON = new Reason(Reason.Kind.SIGNAL, "SIGTERM", TIME);
    private static final Duration TOOK = Duration.ofMillis(312);
    private static final Duration BEGIN = Duration.ofMillis(12);
    private static final Duration LIMIT = Duration.ofMillis(2_500);

    private static final StackTraceElement PARK = frame("java.base", "jdk.internal.misc.Unsafe");
    private static final StackTraceElement WRAPPER = frame(null, "org.stop4j.Stop");
    private static final StackTraceElement POOL = frame(null, "com.example.Pool");
    private static final StackTraceElement BOTTOM = frame(null, "org.stop4j.StepRun");

    private static StackTraceElement frame(@Nullable String module, String type) {
        return new StackTraceElement(null, module, null, type, "close", "File.java", 42);
    }

    private static StepReport step(String name, Result result) {
        return new StepReport(
                name,
                Phase.CLOSE,
                result,
                BEGIN,
                Duration.ofMillis(2_512),
                LIMIT,
                "",
                null,
                List.of());
    }

    private static StepReport failed(Throwable failure) {
        return new StepReport(
                "db",
                Phase.CLOSE,
                Result.FAILED,
                BEGIN,
                Duration.ofMillis(7),
                LIMIT,
                "",
                failure,
                List.of());
    }

    private static StepReport hung(StackTraceElement... stack) {
        return new StepReport(
                "db",
                Phase.CLOSE,
                Result.HUNG,
                BEGIN,
                Duration.ofMillis(2_512),
                LIMIT,
                "",
                null,
                List.of(new ThreadStack("stop-step-db", List.of(stack))));
    }

    private static Report report(StepReport... steps) {
        return Report.of(
                REASON,
                TOOK,
                List.of(new PhaseReport(
                        Phase.CLOSE, BEGIN, Duration.ofMillis(300), List.of(steps))));
    }

    @Test
    void theWorstStepDecidesTheOutcome() {
        StepReport done = step("a", Result.DONE);
        StepReport failed = step("b", Result.FAILED);
        StepReport hung = step("c", Result.HUNG);
        assertThat(report().outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(report(done).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(report(failed, done).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report(hung, failed, done).outcome()).isEqualTo(Outcome.FORCED);
    }

    @Test
    void theShortTextTellsWhatWentWrongWithTheInnerFramesAndWhatTookLongest() {
        StackTraceElement[] deep = new StackTraceElement[15];
        Arrays.fill(deep, BOTTOM);
        deep[0] = PARK;
        deep[1] = POOL;
        StepReport quick = failed(new IllegalStateException("as\ntold"));
        assertThat(report(step("http", Result.DONE), quick, hung(deep)).toShortText())
                .isEqualTo("""
                        stopped in 312 ms of 312 ms (signal SIGTERM), its exit code 3, but steps were forced
                          CLOSE
                            failed "db" 7 ms: java.lang.IllegalStateException: as told
                          CLOSE
                            hung "db" 2.5 s of 2.5 s
                              stop-step-db
                                at java.base/jdk.internal.misc.Unsafe.close(File.java:42)
                                at com.example.Pool.close(File.java:42)
                        """
                        + "        at org.stop4j.StepRun.close(File.java:42)\n".repeat(10)
                        + "        … 3 more\n"
                        + "  longest: \"http\" 2.5 s, \"db\" 2.5 s, \"db\" 7 ms");
    }

    @Test
    void theShortTextOfACleanStopNamesTheThreeThatTookLongestAndNotThoseOfNoTime() {
        List<StepReport> steps = new ArrayList<>();
        for (int millis : new int[] {0, 3, 9, 5, 7}) {
            steps.add(new StepReport(
                    "of " + millis,
                    Phase.CLOSE,
                    Result.DONE,
                    BEGIN,
                    Duration.ofMillis(millis),
                    LIMIT,
                    "",
                    null,
                    List.of()));
        }
        assertThat(report(steps.toArray(StepReport[]::new)).toShortText())
                .isEqualTo("stopped cleanly in 312 ms of 312 ms (signal SIGTERM), its exit code 0\n"
                        + "  longest: \"of 9\" 9 ms, \"of 7\" 7 ms, \"of 5\" 5 ms");
        assertThat(report().toShortText())
                .isEqualTo("stopped cleanly in 312 ms of 312 ms (signal SIGTERM), its exit code 0");
    }

    @Test
    void theShortTextOfManyProblemsNamesTheFirstAndCountsTheOthers() {
        StepReport[] steps = new StepReport[8];
        Arrays.fill(steps, failed(new IllegalStateException("on purpose")));
        assertThat(report(steps).toShortText().lines())
                .filteredOn(line -> line.contains("failed \"db\""))
                .hasSize(5);
        assertThat(report(steps).toShortText()).contains("\n  … and 3 more that were not done");
    }

    @Test
    void theJsonSaysEverything() {
        StepReport failed = failed(new IllegalStateException("as told"));
        Report report = new Report(
                REASON,
                List.of(Reason.of(Reason.Kind.CODE, "too")),
                Outcome.FORCED,
                3,
                TIME,
                Duration.ofSeconds(25),
                TOOK,
                report(step("http", Result.DONE), failed, hung(PARK, POOL)).phases(),
                List.of("the logger hung"));
        Map<String, Object> frame = Map.of(
                "thread",
                "stop-step-db",
                "frames",
                List.of(
                        "java.base/jdk.internal.misc.Unsafe.close(File.java:42)",
                        "com.example.Pool.close(File.java:42)"));
        assertThat(StrictJson.parse(report.toJson()))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("outcome", "FORCED")
                .containsEntry("exitCode", 3L)
                .containsEntry("millis", 312L)
                .containsEntry("timeoutMillis", 25_000L)
                .containsEntry("begin", TIME.toString())
                .containsEntry(
                        "reason",
                        Map.of("kind", "SIGNAL", "detail", "SIGTERM", "time", TIME.toString()))
                .containsEntry("notes", List.of("the logger hung"))
                .containsEntry(
                        "phases",
                        List.of(Map.of("name", "CLOSE", "beginMillis", 12L, "millis", 300L)))
                .containsEntry(
                        "steps",
                        List.of(
                                json("http", "DONE", 2_512, Map.of()),
                                json(
                                        "db",
                                        "FAILED",
                                        7,
                                        Map.of(
                                                "failure",
                                                "java.lang.IllegalStateException: as told")),
                                json("db", "HUNG", 2_512, Map.of("stacks", List.of(frame)))))
                .extractingByKey("joined")
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(1);
    }

    private static Map<String, Object> json(
            String name, String result, long millis, Map<String, Object> more) {
        Map<String, Object> json = new HashMap<>(Map.of(
                "name",
                name,
                "phase",
                "CLOSE",
                "result",
                result,
                "beginMillis",
                12L,
                "millis",
                millis,
                "limitMillis",
                2_500L));
        json.putAll(more);
        return json;
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
        PhaseReport phase =
                new PhaseReport(Phase.CLOSE, BEGIN, TOOK, List.of(step(text, Result.DONE)));
        String json = Report.of(reason, TOOK, List.of(phase)).toJson();
        assertThat(json).doesNotContain("\n", "\r");
        assertThat(StrictJson.parse(json))
                .extracting("reason")
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .contains(entry("detail", text));
        assertThat(StrictJson.parse(json))
                .extracting("steps")
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .singleElement()
                .isEqualTo(json(text, "DONE", 2_512, Map.of()));
    }

    @Test
    void theSummaryNamesWhatWentWrongInOneLine() {
        assertThat(report(step("a", Result.DONE)).summary())
                .isEqualTo("stopped cleanly in 312 ms (signal SIGTERM)");
        Report bad = report(
                step("a", Result.DONE),
                failed(new IllegalStateException("as told")),
                hung(PARK, POOL));
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
        Report report = report(failed);
        assertThat(report.summary()).contains("its toString throws");
        assertThat(StrictJson.parse(report.toJson())).isInstanceOf(Map.class);
    }

    @Test
    void aReportDoesNotChangeWithTheListsItWasMadeFrom() {
        List<StackTraceElement> frames = new ArrayList<>(List.of(POOL));
        List<ThreadStack> stacks = new ArrayList<>(List.of(new ThreadStack("it", frames)));
        StepReport step = new StepReport(
                "db", Phase.CLOSE, Result.HUNG, BEGIN, TOOK, LIMIT, "", null, stacks);
        List<StepReport> steps = new ArrayList<>(List.of(step));
        List<PhaseReport> phases =
                new ArrayList<>(List.of(new PhaseReport(Phase.CLOSE, BEGIN, TOOK, steps)));
        Report report = Report.of(REASON, TOOK, phases);
        frames.clear();
        stacks.clear();
        steps.clear();
        phases.clear();
        assertThat(report.steps()).containsExactly(step);
        assertThat(step.stacks())
                .singleElement()
                .satisfies(stack -> assertThat(stack.frames()).containsExactly(POOL));
    }

    @Test
    void theTextTellsEveryPhaseAndStepAndWhereWhatWasForcedStood() {
        Report report = new Report(
                REASON,
                List.of(new Reason(Reason.Kind.CODE, "too", TIME)),
                Outcome.FORCED,
                3,
                TIME,
                Duration.ofSeconds(25),
                TOOK,
                report(
                                step("http", Result.DONE),
                                failed(new IllegalStateException("as told")),
                                hung(PARK, POOL))
                        .phases(),
                List.of("the logger hung"));
        assertThat(report.toText()).isEqualTo("""
                stopped in 312 ms of 25.0 s (signal SIGTERM), exit code 3, but steps were forced
                  CLOSE 300 ms
                    done "http" 2.5 s
                    failed "db" 7 ms: java.lang.IllegalStateException: as told
                    hung "db" 2.5 s of 2.5 s
                      stop-step-db
                        at java.base/jdk.internal.misc.Unsafe.close(File.java:42)
                        at com.example.Pool.close(File.java:42)
                  also asked: code: too
                  note: the logger hung""");
    }

    @Test
    void aReportBecomesAPageThatTellsItsSteps() {
        assertThat(report(step("http", Result.DONE), hung(PARK, POOL)).toHtml())
                .startsWithIgnoringCase("<!doctype html>")
                .contains("http", "db", "hung", "com.example.Pool.close(File.java:42)")
                .contains("SIGTERM")
                .doesNotContain("<script");
    }

    @Test
    void thousandsOfStepsThatWereDoneDoNotHideTheOneThatWasNot() {
        StepReport[] steps = new StepReport[10_000];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = step("step " + i, i == 9_000 ? Result.HUNG : Result.DONE);
        }
        assertThat(report(steps).toText().lines())
                .hasSizeLessThan(30)
                .anyMatch(line -> line.contains("hung \"step 9000\""))
                .anyMatch(line -> line.contains("… and 9979 more that were done"));
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

    @Test
    void whatElseThereIsToSayOfAStepIsInTheTextAndTheJson() {
        StepReport quiet = new StepReport(
                "quiet wait",
                Phase.NOTIFY,
                Result.DONE,
                BEGIN,
                Duration.ofMillis(3_200),
                LIMIT,
                "quiet after 3.2 s\n; 4 admitted",
                null,
                List.of());
        Report report = report(quiet);
        assertThat(report.toText())
                .contains("done \"quiet wait\" 3.2 s, quiet after 3.2 s ; 4 admitted");
        assertThat(report.toJson()).contains("\"detail\":\"quiet after 3.2 s\\n; 4 admitted\"");
        assertThat(report(step("db", Result.DONE)).toJson()).doesNotContain("\"detail\":\"\"");
    }
}
