package org.stop4j;

import java.util.StringJoiner;

/** A report as people read it. Without streams and lambdas: the first of them would cost a quick stop its time. */
final class ReportText {
    /** A phase may have thousands of steps; what went wrong is always told. */
    private static final int MOST_DONE_STEPS = 20;

    private ReportText() {}

    static String summary(Report report) {
        String in =
                Durations.plain(report.took()) + " (" + plain(report.reason().toString()) + ")";
        if (report.outcome() == Outcome.CLEAN) {
            return "stopped cleanly in " + in;
        }
        StringJoiner problems = new StringJoiner("; ");
        int skipped = 0;
        for (StepReport step : report.steps()) {
            if (step.result() == StepReport.Result.SKIPPED) {
                skipped++;
            } else if (step.result() != StepReport.Result.DONE) {
                problems.add(plain(step.toString()));
            }
        }
        if (skipped > 0 && problems.length() > 0) {
            problems.add("therefore skipped: " + skipped);
        }
        if (problems.length() == 0) {
            String note =
                    report.notes().isEmpty() ? "not cleanly" : report.notes().get(0);
            return "stopped in " + in + ", but " + plain(note);
        }
        return "stopped in " + in + ", but step " + problems;
    }

    static String block(Report report) {
        return block(report, true);
    }

    /** For the log, where the stacks have been already. */
    static String blockWithoutStacks(Report report) {
        return block(report, false);
    }

    private static String block(Report report, boolean withStacks) {
        StringBuilder text = new StringBuilder(512);
        text.append(headline(report));
        for (PhaseReport phase : report.phases()) {
            append(phase, withStacks, text);
        }
        for (Reason also : report.joined()) {
            text.append("\n  also asked: ").append(plain(also.toString()));
        }
        for (String note : report.notes()) {
            text.append("\n  note: ").append(plain(note));
        }
        return text.toString();
    }

    private static String headline(Report report) {
        String in = Durations.plain(report.took()) + " of " + Durations.plain(report.timeout())
                + " (" + plain(report.reason().toString()) + "), exit code " + report.exitCode();
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
        text.append("\n    ").append(step.result().word());
        text.append(" \"").append(step.name()).append("\" ").append(Durations.plain(step.took()));
        if (step.result().outcome() == Outcome.FORCED) {
            text.append(" of ").append(Durations.plain(step.limit()));
        }
        Throwable failure = step.failure();
        if (failure != null) {
            text.append(": ").append(plain(Description.of(failure)));
        }
        if (withStacks) {
            for (ThreadStack stack : step.stacks()) {
                append(stack, text);
            }
        } else if (!step.stacks().isEmpty()) {
            text.append(" at ").append(step.stacks().get(0).place());
        }
    }

    static void append(ThreadStack stack, StringBuilder text) {
        text.append("\n      ").append(plain(stack.label()));
        for (StackTraceElement frame : stack.frames()) {
            text.append("\n        at ").append(frame);
        }
    }

    /**
     * On one line, and without what a terminal obeys: a message may quote what somebody sent.
     */
    static String plain(String text) {
        StringBuilder plain = null;
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                if (plain == null) {
                    plain = new StringBuilder(text);
                }
                plain.setCharAt(i, ' ');
            }
        }
        return plain == null ? text : plain.toString();
    }
}
