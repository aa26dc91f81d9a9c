package org.stop4j.internal.report;

import org.stop4j.internal.report.ReportFacts.Phase;
import org.stop4j.internal.report.ReportFacts.Result;
import org.stop4j.internal.report.ReportFacts.Step;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The picture in the page of a report: a lane per step, grouped by phase, on one axis of time.
 *
 * <p>Three columns beside each other, whose rows are equally high: names, bars, durations. Names and durations
 * are HTML, because SVG neither shortens nor wraps a text. In the SVG, x is in per cent and y in em, so that
 * bars grow and shrink with the window while text and strokes keep their size.
 *
 * <p>Used by one thread, once.
 */
final class ReportTimeline {
    /** Beyond this a picture shows less, not more. */
    static final int MOST_LANES = 200;

    private static final int MOST_NAME = 80;
    /** The height of a row in hundredths of an em; the style sheet says the same. */
    private static final long ROW = 175;

    private static final long BAR_ABOVE = 40;
    private static final long BAR_HEIGHT = 95;
    /** A narrower bar, in hundredths of a per cent, might be less than three pixels wide. */
    private static final long NARROW = 150;

    private final ReportFacts facts;
    private final HtmlText html;
    private final List<Phase> phases = new ArrayList<>();
    private final long axis;
    private int lanes;
    private int rows = 1;
    private boolean limitDrawn;

    ReportTimeline(ReportFacts facts, HtmlText html) {
        this.facts = facts;
        this.html = html;
        Set<Step> drawn = MostTelling.of(facts.steps(), MOST_LANES);
        for (Phase phase : facts.phases()) {
            List<Step> steps = new ArrayList<>();
            for (Step step : phase.steps()) {
                if (drawn.contains(step)) {
                    steps.add(step);
                }
            }
            // One without steps, but with time, would be a gap that nobody understands.
            boolean pause = phase.steps().isEmpty() && phase.millis() > 0;
            if (!steps.isEmpty() || (pause && phases.size() < MOST_LANES)) {
                phases.add(new Phase(phase.name(), phase.beginMillis(), phase.millis(), steps));
                rows += 1 + steps.size();
                lanes += steps.size();
            }
        }
        axis = axis();
    }

    /** To the time allowed, if that lets one see something; else to just behind the last end. */
    private long axis() {
        long end = Math.max(10, facts.millis());
        for (Phase phase : phases) {
            end = Math.max(end, phase.beginMillis() + phase.millis());
            for (Step step : phase.steps()) {
                end = Math.max(end, step.endMillis());
            }
        }
        long timeout = facts.timeoutMillis();
        if (timeout >= end && timeout / 4 <= end) {
            return timeout;
        }
        long part = tickMillis(end) / 2;
        return part == 0 ? end : (end + part - 1) / part * part;
    }

    /** The smallest of 1, 2, 5, 10, 20 … of which at most five make up the axis. */
    private static long tickMillis(long axis) {
        long decade = 1;
        while (decade * 50 < axis) {
            decade *= 10;
        }
        if (decade * 5 >= axis) {
            return decade;
        }
        return decade * 10 >= axis ? decade * 2 : decade * 25 >= axis ? decade * 5 : decade * 10;
    }

    void write() {
        if (phases.isEmpty()) {
            html.raw("<p>There was no step to run.</p>\n");
            return;
        }
        if (lanes < facts.steps().size()) {
            html.raw("<p class=\"note\">Drawn are ").raw(lanes);
            html.raw(" of ").raw(facts.steps().size());
            html.raw(" steps: those that did not go well, then those that took longest.</p>\n");
        }
        html.raw("<figure>\n<div class=\"lanes\">\n");
        names();
        plot();
        times();
        html.raw("</div>\n<figcaption>\n");
        legend();
        caption();
        html.raw("</figcaption>\n</figure>\n");
    }

    // ---- the columns on both sides; the table tells the same to who hears the page

    private void names() {
        html.raw("<div class=\"names\" aria-hidden=\"true\"><p></p>\n");
        for (Phase phase : phases) {
            html.raw("<p class=\"phase\">").text(phase.name(), MOST_NAME).raw("</p>\n");
            for (Step step : phase.steps()) {
                Result result = step.result();
                html.raw("<p><b class=\"").raw(result.word).raw("\">").raw(result.sign);
                html.raw("</b><bdi>").text(step.name(), MOST_NAME).raw("</bdi></p>\n");
            }
        }
        html.raw("</div>\n");
    }

    private void times() {
        html.raw("<div class=\"times\" aria-hidden=\"true\"><p></p>\n");
        for (Phase phase : phases) {
            html.raw("<p class=\"phase\">");
            if (phase.millis() != ReportFacts.UNKNOWN) {
                html.duration(phase.millis());
            }
            html.raw("</p>\n");
            for (Step step : phase.steps()) {
                html.raw("<p>");
                if (step.result() == Result.SKIPPED) {
                    html.raw("skipped");
                } else {
                    html.duration(step.millis());
                }
                html.raw("</p>\n");
            }
        }
        html.raw("</div>\n");
    }

    // ---- the bars

    private void plot() {
        html.raw("<svg class=\"plot\" role=\"img\" aria-labelledby=\"picture picture-text\"");
        html.raw(" width=\"100%\" height=\"").raw(em(rows * ROW)).raw("\">\n");
        html.raw("<title id=\"picture\">Timeline of the stop</title>\n");
        html.raw("<desc id=\"picture-text\">").count(lanes, "step").raw(" in ");
        html.count(phases.size(), "phase").raw(", on an axis from 0 to ").duration(axis);
        html.raw(". The table below tells the same.</desc>\n");
        html.raw("<defs>\n");
        pattern(Result.FAILED, "width=\"6\" height=\"6\" patternTransform=\"rotate(45)\"", 2, 6);
        pattern(Result.INTERRUPTED, "width=\"6\" height=\"6\"", 2, 6);
        pattern(Result.HUNG, "width=\"4\" height=\"4\"", 2, 2);
        html.raw("</defs>\n");
        long row = 1;
        for (Phase phase : phases) {
            band(phase, row);
            row += 1 + phase.steps().size();
        }
        ticks();
        row = 1;
        for (Phase phase : phases) {
            row++;
            for (Step step : phase.steps()) {
                lane(step, row++);
            }
        }
        html.raw("</svg>\n");
    }

    /** Colour alone tells nothing to many people, and to no printer. */
    private void pattern(Result result, String attributes, int width, int height) {
        html.raw("<pattern id=\"p-").raw(result.word).raw("\" patternUnits=\"userSpaceOnUse\" ");
        html.raw(attributes).raw("><rect class=\"stripe\" width=\"").raw(width);
        html.raw("\" height=\"").raw(height).raw("\"/></pattern>\n");
    }

    private void band(Phase phase, long row) {
        if (phase.beginMillis() == ReportFacts.UNKNOWN || phase.millis() == ReportFacts.UNKNOWN) {
            return;
        }
        html.raw("<rect class=\"band\" x=\"").raw(x(phase.beginMillis()));
        html.raw("\" width=\"").raw(percent(hundredths(phase.millis())));
        html.raw("\" y=\"").raw(em(row * ROW + 20)).raw("\" height=\"");
        html.raw(em((1 + phase.steps().size()) * ROW - 20)).raw("\"/>\n");
    }

    private void ticks() {
        long tick = tickMillis(axis);
        int number = 0;
        for (long at = 0; at <= axis; at += tick, number++) {
            vertical("grid", at, ROW - 20, rows * ROW);
            String anchor = number == 0 ? "start" : hundredths(at) > 9_300 ? "end" : "middle";
            html.raw("<text class=\"tick").raw(number % 2 == 0 ? "" : " odd");
            html.raw("\" text-anchor=\"").raw(anchor).raw("\" x=\"").raw(x(at));
            html.raw("\" y=\"1.2em\">").raw(label(at)).raw("</text>\n");
        }
        long timeout = facts.timeoutMillis();
        if (timeout >= 0 && timeout <= axis) {
            vertical("allowed", timeout, ROW - 20, rows * ROW);
        }
    }

    private String label(long millis) {
        if (axis <= 1_000) {
            return millis + " ms";
        }
        long tenths = millis % 1_000 / 100;
        return millis / 1_000 + (tenths == 0 ? "" : "." + tenths) + " s";
    }

    private void lane(Step step, long row) {
        long top = row * ROW + BAR_ABOVE;
        html.raw("<g><title>").text(step.name(), MOST_NAME).raw(": ").text(step.word(), MOST_NAME);
        if (step.result() == Result.SKIPPED) {
            html.raw("</title>");
            boolean late = hundredths(step.beginMillis()) > 9_000;
            html.raw("<rect class=\"bar skipped\" rx=\"2\" width=\"14\" x=\"");
            html.raw(x(step.beginMillis())).raw("\" y=\"").raw(em(top)).raw("\" height=\"");
            html.raw(em(BAR_HEIGHT)).raw(late ? "\" transform=\"translate(-15)" : "");
            html.raw("\"/></g>\n");
            return;
        }
        html.raw(", from ").duration(step.beginMillis()).raw(" to ").duration(step.endMillis());
        long limit = step.limitMillis();
        if (limit != ReportFacts.UNKNOWN) {
            html.raw(", limit ").duration(limit);
        }
        html.raw("</title>");
        bar(step, top);
        long limitAt = step.beginMillis() + limit;
        if (limit != ReportFacts.UNKNOWN && limitAt <= axis) {
            if (limitAt > step.endMillis()) {
                long middle = top + BAR_HEIGHT / 2;
                html.raw("<line class=\"left\" x1=\"").raw(x(step.endMillis()));
                html.raw("\" x2=\"").raw(x(limitAt)).raw("\" y1=\"").raw(em(middle));
                html.raw("\" y2=\"").raw(em(middle)).raw("\"/>");
            }
            vertical("limit", limitAt, top - 15, top + BAR_HEIGHT + 15);
            limitDrawn = true;
        }
        html.raw("</g>\n");
    }

    private void bar(Step step, long top) {
        String x = x(step.beginMillis());
        long width = hundredths(step.millis());
        String style = step.result().word;
        if (width < NARROW) {
            bar(style, x, "3", top);
        }
        if (width > 0) {
            bar(style, x, percent(width), top);
            switch (step.result()) {
                case FAILED, INTERRUPTED, HUNG -> {
                    html.raw("<rect fill=\"url(#p-").raw(style).raw(")\" rx=\"2\"");
                    place(x, percent(width), top);
                }
                case DONE, SKIPPED, OTHER -> {}
            }
        }
    }

    private void bar(String style, String x, String width, long top) {
        html.raw("<rect class=\"bar ").raw(style).raw("\" rx=\"2\"");
        place(x, width, top);
    }

    private void place(String x, String width, long top) {
        html.raw(" x=\"").raw(x).raw("\" width=\"").raw(width).raw("\" y=\"").raw(em(top));
        html.raw("\" height=\"").raw(em(BAR_HEIGHT)).raw("\"/>");
    }

    private void vertical(String style, long millis, long from, long to) {
        html.raw("<line class=\"").raw(style).raw("\" x1=\"").raw(x(millis));
        html.raw("\" x2=\"").raw(x(millis)).raw("\" y1=\"").raw(em(from));
        html.raw("\" y2=\"").raw(em(to)).raw("\"/>\n");
    }

    // ---- what the signs mean

    private void legend() {
        html.raw("<ul class=\"legend\">\n");
        for (Result result : Result.values()) {
            long count = count(result);
            if (count > 0) {
                html.raw("<li><svg aria-hidden=\"true\" width=\"18\" height=\"11\">");
                html.raw("<rect class=\"").raw(result.word);
                html.raw("\" rx=\"2\" x=\"1\" y=\"1\" width=\"16\" height=\"9\"/>");
                html.raw("<rect rx=\"2\" x=\"1\" y=\"1\" width=\"16\" height=\"9\" fill=\"");
                html.raw(
                        switch (result) {
                            case FAILED, INTERRUPTED, HUNG -> "url(#p-" + result.word + ")";
                            case DONE, SKIPPED, OTHER -> "none";
                        });
                html.raw("\"/></svg><b class=\"").raw(result.word).raw("\">").raw(result.sign);
                html.raw("</b> ").raw(count).raw(" ").raw(result.word);
                html.raw(result == Result.DONE ? "" : ": " + result.meaning).raw("</li>\n");
            }
        }
        html.raw("</ul>\n");
    }

    private long count(Result result) {
        long count = 0;
        for (Step step : facts.steps()) {
            count += step.result() == result ? 1 : 0;
        }
        return count;
    }

    private void caption() {
        html.raw("<p>");
        html.raw(limitDrawn ? "A short upright line is a step's limit. " : "");
        long timeout = facts.timeoutMillis();
        if (timeout > axis) {
            html.raw("The axis is cut: allowed were ").duration(timeout).raw(".");
        } else if (timeout != ReportFacts.UNKNOWN) {
            html.raw("The long dotted one is the end of the ").duration(timeout);
            html.raw(" that were allowed.");
        }
        html.raw("</p>\n");
    }

    // ---- coordinates

    private String x(long millis) {
        return percent(50 + hundredths(millis));
    }

    /** Of a per cent of the picture's width; the axis takes 98 of the hundred. */
    private long hundredths(long millis) {
        return 9_800 * Math.min(millis, axis) / axis;
    }

    private static String percent(long hundredths) {
        return decimal(hundredths) + "%";
    }

    private static String em(long hundredths) {
        return decimal(hundredths) + "em";
    }

    private static String decimal(long hundredths) {
        long rest = hundredths % 100;
        return hundredths / 100 + (rest == 0 ? "" : (rest < 10 ? ".0" : ".") + rest);
    }
}
