package org.stop4j.internal.report;

import org.stop4j.internal.Json;

import java.util.List;
import java.util.Random;

/** Reports as JSON, of stops that came out in one way or another. */
final class SampleReports {
    /** Markup, quotes of both kinds, and the ends of everything that text could stand in. */
    static final String EVIL =
            "<script>document.title='ran'</script><img src=x onerror=\"alert(1)\">'&amp;]]>--></title></style>";

    private static final String STACK =
            "[{\"thread\":\"stop-step-orders\",\"frames\":[\"java.base/java.lang.Object.wait(Native Method)\","
                    + "\"com.example.orders.Consumer.drain(Consumer.java:118)\"]},"
                    + "{\"thread\":\"registered at\",\"frames\":[\"com.example.Main.main(Main.java:41)\"]}]";

    private SampleReports() {}

    static String step(
            String name, String phase, String result, long begin, long millis, long limit) {
        return step(name, phase, result, begin, millis, limit, "");
    }

    /** With more fields, as JSON that begins with a comma. */
    static String step(
            String name,
            String phase,
            String result,
            long begin,
            long millis,
            long limit,
            String more) {
        return "{\"name\":" + quoted(name) + ",\"phase\":" + quoted(phase) + ",\"result\":"
                + quoted(result) + ",\"beginMillis\":" + begin + ",\"millis\":" + millis
                + ",\"limitMillis\":" + limit + more + "}";
    }

    static String report(String outcome, long millis, String phases, List<String> steps) {
        return report(outcome, millis, phases, steps, "");
    }

    static String report(
            String outcome, long millis, String phases, List<String> steps, String more) {
        return "{\"outcome\":" + quoted(outcome) + ",\"exitCode\":0,\"millis\":" + millis
                + ",\"timeoutMillis\":25000,\"begin\":\"2026-11-22T19:00:00.123Z\","
                + "\"reason\":{\"kind\":\"SIGNAL\",\"detail\":\"SIGTERM\",\"time\":\"2026-11-22T19:00:00.120Z\"},"
                + "\"joined\":[],\"phases\":[" + phases + "],\"steps\":["
                + String.join(",", steps) + "]" + more + "}";
    }

    static String phase(String name, long begin, long millis) {
        return "{\"name\":" + quoted(name) + ",\"beginMillis\":" + begin + ",\"millis\":" + millis
                + "}";
    }

    static String quoted(String text) {
        return new Json().string(text).toString();
    }

    static String clean() {
        return report(
                "CLEAN",
                412,
                phase("DRAIN", 0, 224) + "," + phase("CLOSE", 224, 188),
                List.of(
                        step("http", "DRAIN", "DONE", 0, 210, 15_000),
                        step("grpc", "DRAIN", "DONE", 0, 0, 15_000),
                        step("database", "CLOSE", "DONE", 224, 188, 9_000)));
    }

    static String failed() {
        return report(
                "FAILED",
                9_100,
                phase("DRAIN", 0, 6_800) + "," + phase("CLOSE", 6_800, 2_300),
                List.of(
                        step("http", "DRAIN", "DONE", 0, 6_800, 15_000),
                        step(
                                "queue",
                                "DRAIN",
                                "FAILED",
                                0,
                                2_150,
                                15_000,
                                ",\"failure\":\"java.lang.IllegalStateException: closed\""),
                        step("database", "CLOSE", "FAILED", 6_800, 0, 9_000)));
    }

    /** Everything that can happen to a step, and a pause between phases. */
    static String forced() {
        return report(
                "FORCED",
                21_400,
                phase("NOTIFY", 0, 150) + "," + phase("(quiet)", 150, 2_000) + ","
                        + phase("DRAIN", 2_150, 7_000) + "," + phase("FINISH", 9_150, 8_000) + ","
                        + phase("LAST", 21_390, 10),
                List.of(
                        step("readiness", "NOTIFY", "DONE", 0, 2, 1_000),
                        step("deregister", "NOTIFY", "FAILED", 0, 150, 1_000),
                        step("websocket sessions", "DRAIN", "INTERRUPTED", 2_150, 7_000, 7_000),
                        step(
                                "orders",
                                "FINISH",
                                "HUNG",
                                9_150,
                                8_000,
                                8_000,
                                ",\"stacks\":" + STACK),
                        step("reports", "FINISH", "SKIPPED", 9_150, 0, 8_000),
                        step("later word", "FINISH", "POSTPONED", 9_150, 900, 8_000),
                        step("telemetry", "LAST", "SKIPPED", 24_990, 0, 2_000)),
                ",\"joined2\":[],\"notes\":[\"the logger hung for 500 ms\"]");
    }

    static String zero() {
        return report("CLEAN", 1, "", List.of());
    }

    static String many(int count, String result) {
        Random random = new Random(42);
        StringBuilder steps = new StringBuilder();
        for (int i = 0; i < count; i++) {
            steps.append(i == 0 ? "" : ",");
            steps.append(step(
                    "step " + i,
                    "DRAIN",
                    i % 97 == 50 ? result : "DONE",
                    random.nextInt(9_000),
                    random.nextInt(9_000),
                    15_000,
                    i % 97 == 50 ? ",\"stacks\":" + STACK : ""));
        }
        return report("FORCED", 19_000, phase("DRAIN", 0, 19_000), List.of(steps.toString()));
    }

    /** Written by somebody who controls every value. */
    static String hostile() {
        long huge = Long.MAX_VALUE;
        return "{\"outcome\":" + quoted(EVIL) + ",\"exitCode\":-1,\"millis\":1e300,\"begin\":"
                + quoted(EVIL) + ",\"reason\":{\"kind\":" + quoted(EVIL) + ",\"detail\":"
                + quoted("\u202egnp.exe\u0000\u001b[31m\ud800") + "},\"joined\":[{\"kind\":"
                + quoted(EVIL) + "},7],\"notes\":[" + quoted(EVIL) + "," + quoted("n".repeat(5_000))
                + ",{}],\"phases\":[" + phase(EVIL, 0, huge) + "],\"steps\":["
                + String.join(
                        ",",
                        step("x".repeat(10_000), EVIL, EVIL, 0, huge, huge),
                        step(
                                EVIL,
                                "P".repeat(400),
                                "HUNG",
                                0,
                                5,
                                6,
                                ",\"failure\":" + quoted("line one\nline two\n\t" + EVIL)
                                        + ",\"stacks\":[{\"thread\":" + quoted(EVIL)
                                        + ",\"frames\":[" + quoted(EVIL) + ","
                                        + quoted("f".repeat(3_000)) + "]}]"),
                        step("\u202eturned round\u2066", "", "FAILED", 5, 5, 5),
                        step("\u05e9\u05dc\u05d5\u05dd", "\u05d0", "DONE", 1L << 40, 1, 1),
                        step("z" + "\u0301".repeat(200), "Z", "DONE", 1, 1, 1),
                        step("", "", "INTERRUPTED", -5, -5, -5),
                        step("wide \u6f22\u5b57 \ud83d\ude00".repeat(20), "W", "DONE", 0, huge, 0))
                + "]}";
    }
}
