package org.stop4j;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** A report as people read it. Without streams and lambdas: the first of them would cost a quick stop its time. */
final class ReportText {
    /** A phase may have thousands of steps; what went wrong is always told. */
    private static final int MOST_DONE_STEPS = 20;

    /** In the short form: how many steps that went wrong, frames of a stack, and of those that took longest. */
    private static final int MOST_PROBLEMS = 5;

    private static final int MOST_FRAMES = 12;
    private static final int MOST_LONGEST = 3;

    private ReportText() {}

    static String summary(Report report) {
        String in = Durations.plain(report.took()) + " ("
                + Printable.line(report.reason().toString()) + ")";
        if (report.outcome() == Outcome.CLEAN) {
            return "stopped cleanly in " + in;
        }
        StringJoiner problems = new StringJoiner("; ");
        int skipped = 0;
        for (StepReport step : report.steps()) {
            if (step.result() == StepReport.Result.SKIPPED) {
                skipped++;
            } else if (step.result() != StepReport.Result.DONE) {
                problems.add(Printable.line(step.toString()));
            }
        }
        if (skipped > 0 && problems.length() > 0) {
            problems.add("therefore skipped: " + skipped);
        }
        if (problems.length() == 0) {
            String note =
                    report.notes().isEmpty() ? "not cleanly" : report.notes().get(0);
            return "stopped in " + in + ", but " + Printable.line(note);
        }
        return "stopped in " + in + ", but step " + problems;
    }

    static String block(Report report) {
        return block(report, true);
    }

    /** What whoever waits at a terminal wants to know: what went wrong, where it hung, and what took longest. */
    static String brief(Report report) {
        StringBuilder text = new StringBuilder(256);
        // Whoever reads it has got an exit code of the command, too.
        text.append(headline(report, "its exit code "));
        int shown = 0;
        int more = 0;
        for (StepReport step : report.steps()) {
            if (step.result() == StepReport.Result.SKIPPED
                    || step.result() == StepReport.Result.DONE) {
                continue;
            }
            if (++shown > MOST_PROBLEMS) {
                more++;
            } else {
                appendBriefly(step, text);
            }
        }
        if (more > 0) {
            text.append("\n  … and ").append(more).append(" more that were not done");
        }
        if (shown == 0 && report.outcome() != Outcome.CLEAN) {
            for (String note : report.notes()) {
                text.append("\n  note: ").append(Printable.line(note));
            }
        }
        return text.append(longest(report)).toString();
    }

    private static void appendBriefly(StepReport step, StringBuilder text) {
        text.append("\n  ").append(step.phase());
        appendLine(step, text);
        if (!step.stacks().isEmpty()) {
            ThreadStack stack = step.stacks().get(0);
            List<StackTraceElement> frames = stack.frames();
            int most = Math.min(MOST_FRAMES, frames.size());
            append(new ThreadStack(stack.label(), frames.subList(0, most)), text);
            if (frames.size() > most) {
                text.append("\n        … ").append(frames.size() - most).append(" more");
            }
        }
    }

    /** The three that took longest, those of no time left out. */
    private static String longest(Report report) {
        List<StepReport> steps = new ArrayList<>();
        for (StepReport step : report.steps()) {
            if (step.took().toMillis() > 0) {
                int place = 0;
                while (place < steps.size()
                        && steps.get(place).took().compareTo(step.took()) >= 0) {
                    place++;
                }
                if (place < MOST_LONGEST) {
                    steps.add(place, step);
                }
                if (steps.size() > MOST_LONGEST) {
                    steps.remove(MOST_LONGEST);
                }
            }
        }
        StringJoiner words = new StringJoiner(", ", "\n  longest: ", "");
        words.setEmptyValue("");
        for (StepReport step : steps) {
            words.add('"' + step.name() + "\" " + Durations.plain(step.took()));
        }
        return words.toString();
    }

    /** For the log, where the stacks have been already. */
    static String blockWithoutStacks(Report report) {
        return block(report, false);
    }

    private static String block(Report report, boolean withStacks) {
        StringBuilder text = new StringBuilder(512);
        text.append(headline(report, "exit code "));
        for (PhaseReport phase : report.phases()) {
            append(phase, withStacks, text);
        }
        for (Reason also : report.joined()) {
            text.append("\n  also asked: ").append(Printable.line(also.toString()));
        }
        for (String note : report.notes()) {
            text.append("\n  note: ").append(Printable.line(note));
        }
        return text.toString();
    }

    private static String headline(Report report, String exitCode) {
        String in = Durations.plain(report.took()) + " of " + Durations.plain(report.timeout())
                + " (" + Printable.line(report.reason().toString()) + "), " + exitCode
                + report.exitCode();
        return switch (report.outcome()) {
            case CLEAN -> "stopped cleanly in " + in;
            case FAILED -> "stopped in " + in + ", but steps failed";
            case FORCED -> "stopped in " + in + ", but steps were forced";
        };
    }

    private static void append(PhaseReport phase, boolean withStacks, StringBuilder text) {
        text.append("\n  ").append(phase.phase()).append(' ').append(Durations.plain(phase.took()));
        int unnamed = 0;
        int done = 0;
        for (StepReport step : phase.steps()) {
            if (step.result() == StepReport.Result.DONE && ++done > MOST_DONE_STEPS) {
                unnamed++;
            } else {
                append(step, withStacks, text);
            }
        }
        if (unnamed > 0) {
            text.append("\n    … and ").append(unnamed).append(" more that were done");
        }
    }

    private static void append(StepReport step, boolean withStacks, StringBuilder text) {
        appendLine(step, text);
        if (withStacks) {
            for (ThreadStack stack : step.stacks()) {
                append(stack, text);
            }
        } else if (!step.stacks().isEmpty()) {
            text.append(" at ").append(step.stacks().get(0).place());
        }
    }

    private static void appendLine(StepReport step, StringBuilder text) {
        text.append("\n    ").append(step.result().word());
        text.append(" \"").append(step.name()).append("\" ").append(Durations.plain(step.took()));
        if (step.result().outcome() == Outcome.FORCED) {
            text.append(" of ").append(Durations.plain(step.limit()));
        }
        if (!step.detail().isEmpty()) {
            text.append(", ").append(Printable.line(step.detail()));
        }
        Throwable failure = step.failure();
        if (failure != null) {
            text.append(": ").append(Printable.line(Description.of(failure)));
        }
    }

    static void append(ThreadStack stack, StringBuilder text) {
        text.append("\n      ").append(Printable.line(stack.label()));
        for (StackTraceElement frame : stack.frames()) {
            text.append("\n        at ").append(frame);
        }
    }
}
