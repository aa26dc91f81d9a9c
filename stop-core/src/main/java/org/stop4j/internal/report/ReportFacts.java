package org.stop4j.internal.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report's JSON tells, with something sensible for what it does not: an older or a younger application
 * may have written it. Times are milliseconds, never negative; {@link #UNKNOWN} where it says none.
 *
 * @param millis how long the stop took
 * @param timeoutMillis how long it was allowed to take
 * @param begin when it began, as the JSON has it
 * @param phases those of the JSON, then those that only a step names; each with its steps
 */
record ReportFacts(
        String outcome,
        long exitCode,
        long millis,
        long timeoutMillis,
        String begin,
        Cause reason,
        List<Cause> joined,
        List<Phase> phases,
        List<Step> steps,
        List<String> notes) {
    static final long UNKNOWN = -1;
    /** 31 years: adding a few of them overflows nothing. */
    private static final long LONGEST_MILLIS = 1_000_000_000_000L;

    /** Who asked. */
    record Cause(String kind, String detail, String time) {}

    /** A phase; without a name when the steps name none. */
    record Phase(String name, long beginMillis, long millis, List<Step> steps) {}

    /** A step. */
    record Step(
            String name,
            String phase,
            Result result,
            String word,
            long beginMillis,
            long millis,
            long limitMillis,
            String detail,
            String failure,
            List<Stack> stacks) {
        long endMillis() {
            return beginMillis + millis;
        }
    }

    /** Where a thread stood. */
    record Stack(String thread, List<String> frames) {}

    /** How a step came out, with the sign and the style class that stand for it. */
    enum Result {
        DONE("✓", "done", "it ended in its time"),
        FAILED("✗", "failed", "it threw"),
        INTERRUPTED(
                "!",
                "interrupted",
                "it ended only when its limit had passed and it was interrupted"),
        HUNG("∞", "hung", "it did not end, not even when interrupted"),
        SKIPPED("–", "skipped", "it never began, since a phase was aborted"),
        OTHER("?", "other", "this version of stop does not know the word");

        final String sign;
        final String word;
        final String meaning;

        Result(String sign, String word, String meaning) {
            this.sign = sign;
            this.word = word;
            this.meaning = meaning;
        }

        static Result of(String name) {
            return switch (name) {
                case "DONE" -> DONE;
                case "FAILED" -> FAILED;
                case "INTERRUPTED" -> INTERRUPTED;
                case "HUNG" -> HUNG;
                case "SKIPPED" -> SKIPPED;
                default -> OTHER;
            };
        }
    }

    /**
     * Reads a report.
     *
     * @throws IllegalArgumentException if it is not a JSON object
     */
    static ReportFacts of(String json, int most) {
        if (!(JsonReader.read(json, most) instanceof Map<?, ?> report)) {
            throw new IllegalArgumentException("the report is JSON, but not an object");
        }
        List<Step> steps = steps(report);
        long end = 0;
        for (Step step : steps) {
            end = Math.max(end, step.endMillis());
        }
        Cause reason = cause(report.get("reason"));
        return new ReportFacts(
                text(report, "outcome", ""),
                report.get("exitCode") instanceof Number code ? code.longValue() : UNKNOWN,
                millis(report, "millis", end),
                millis(report, "timeoutMillis", UNKNOWN),
                text(report, "begin", reason.time()),
                reason,
                causes(report),
                phases(report, steps),
                steps,
                texts(report.get("notes")));
    }

    private static List<Step> steps(Map<?, ?> report) {
        List<Step> steps = new ArrayList<>();
        long before = 0;
        for (Object element : list(report.get("steps"))) {
            if (element instanceof Map<?, ?> step) {
                // Where no begin is told, as if one came after the other.
                long begin = millis(step, "beginMillis", before);
                String result = text(step, "result", "unknown");
                Result known = Result.of(result);
                Step read = new Step(
                        text(step, "name", "(no name)"),
                        text(step, "phase", ""),
                        known,
                        known == Result.OTHER ? result : known.word,
                        begin,
                        millis(step, "millis", 0),
                        millis(step, "limitMillis", UNKNOWN),
                        text(step, "detail", ""),
                        text(step, "failure", ""),
                        stacks(step));
                steps.add(read);
                before = read.endMillis();
            }
        }
        return steps;
    }

    private static List<Stack> stacks(Map<?, ?> step) {
        List<Stack> stacks = new ArrayList<>();
        for (Object element : list(step.get("stacks"))) {
            if (element instanceof Map<?, ?> stack) {
                String waitsFor = text(stack, "waitsFor", "");
                stacks.add(new Stack(
                        text(stack, "thread", "(no name)")
                                + (waitsFor.isEmpty() ? "" : " waits for " + waitsFor),
                        texts(stack.get("frames"))));
            }
        }
        return stacks;
    }

    private static List<Phase> phases(Map<?, ?> report, List<Step> steps) {
        Map<String, Phase> phases = new LinkedHashMap<>();
        for (Object element : list(report.get("phases"))) {
            if (element instanceof Map<?, ?> phase) {
                String name = text(phase, "name", "");
                phases.putIfAbsent(
                        name,
                        new Phase(
                                name,
                                millis(phase, "beginMillis", UNKNOWN),
                                millis(phase, "millis", UNKNOWN),
                                new ArrayList<>()));
            }
        }
        for (Step step : steps) {
            Phase phase = phases.get(step.phase());
            if (phase == null) {
                phase = new Phase(step.phase(), UNKNOWN, UNKNOWN, new ArrayList<>());
                phases.put(step.phase(), phase);
            }
            phase.steps().add(step);
        }
        return new ArrayList<>(phases.values());
    }

    private static List<Cause> causes(Map<?, ?> report) {
        List<Cause> causes = new ArrayList<>();
        for (Object element : list(report.get("joined"))) {
            causes.add(cause(element));
        }
        return causes;
    }

    private static Cause cause(@Nullable Object value) {
        return value instanceof Map<?, ?> cause
                ? new Cause(
                        text(cause, "kind", "unknown"),
                        text(cause, "detail", ""),
                        text(cause, "time", ""))
                : new Cause("unknown", "", "");
    }

    private static List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        for (Object element : list(value)) {
            if (element instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String text(Map<?, ?> object, String field, String otherwise) {
        return object.get(field) instanceof String text && !text.isEmpty() ? text : otherwise;
    }

    private static long millis(Map<?, ?> object, String field, long otherwise) {
        return object.get(field) instanceof Number number
                ? Math.max(0, Math.min(number.longValue(), LONGEST_MILLIS))
                : otherwise;
    }
}
