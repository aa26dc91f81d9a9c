package org.stop4j.internal.report;

import org.stop4j.internal.report.ReportFacts.Cause;
import org.stop4j.internal.report.ReportFacts.Phase;
import org.stop4j.internal.report.ReportFacts.Result;
import org.stop4j.internal.report.ReportFacts.Stack;
import org.stop4j.internal.report.ReportFacts.Step;

import java.util.List;
import java.util.Set;

/**
 * A report as one page for people: self-contained, without scripts, HTML that is XML too. Made from the
 * report's JSON, so that the application and the {@code stop} command make the same page, whichever versions
 * they are of.
 *
 * <p>Everything in the JSON may come from an attacker (an exception's message often does): it appears as text
 * and as nothing else, and no amount of it makes the page unusable; what is left out is counted.
 *
 * <p>Without regular expressions, streams and lambdas: the {@code stop} command loads it. Used by one thread,
 * once.
 */
public final class ReportPage {
    /** Far above any report; it bounds what its reading may take. */
    private static final int MOST_JSON = 1 << 26;

    private static final int MOST_ROWS = 10_000;
    private static final int MOST_NAME = 200;
    private static final int MOST_TEXT = 1_000;
    private static final int MOST_LISTED = 50;
    private static final int MOST_FRAMES = 10_000;

    private final ReportFacts facts;
    private final HtmlText html = new HtmlText();
    private int framesLeft = MOST_FRAMES;

    private ReportPage(ReportFacts facts) {
        this.facts = facts;
    }

    /**
     * Makes the page. Unknown fields are ignored; missing ones and those of another type count as not told.
     *
     * @param reportJson what {@code Report.toJson} of some version has made
     * @return the whole page
     * @throws IllegalArgumentException if it is not a JSON object, or longer than 67 million characters;
     *     names the position
     */
    public static String of(String reportJson) {
        ReportPage page = new ReportPage(ReportFacts.of(reportJson, MOST_JSON));
        page.write();
        return page.html.toString();
    }

    private void write() {
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';");
        html.raw(" style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
        sentence();
        html.raw(facts.begin().isEmpty() ? "" : ", ").time(facts.begin());
        html.raw("</title>\n<style>\n").raw(ReportStyle.CSS);
        html.raw("</style>\n</head>\n<body>\n<main>\n");
        head();
        notes();
        html.raw("<h2>Timeline</h2>\n");
        new ReportTimeline(facts, html).write();
        table();
        html.raw("<footer>The report of one stop, written by <em>stop</em>.</footer>\n");
        html.raw("</main>\n</body>\n</html>\n");
    }

    // ---- what happened

    private void sentence() {
        html.raw("Stopped")
                .raw(
                        switch (facts.outcome()) {
                            case "CLEAN" -> " cleanly";
                            case "FORCED" -> " by force";
                            default -> "";
                        });
        html.raw(" in ").duration(facts.millis());
        html.raw(facts.outcome().equals("FAILED") ? ", but not everything went well" : "");
    }

    private void head() {
        Result like = switch (facts.outcome()) {
            case "CLEAN" -> Result.DONE;
            case "FAILED" -> Result.FAILED;
            case "FORCED" -> Result.HUNG;
            default -> Result.OTHER;
        };
        html.raw("<header>\n<p class=\"outcome ").raw(like.word).raw("\">").raw(like.sign);
        html.raw(" ").text(facts.outcome().isEmpty() ? "UNKNOWN" : facts.outcome(), MOST_NAME);
        html.raw("</p>\n<h1>");
        sentence();
        html.raw("</h1>\n<dl>\n<div><dt>Because of</dt><dd>");
        cause(facts.reason());
        html.raw("</dd></div>\n");
        if (facts.timeoutMillis() != ReportFacts.UNKNOWN) {
            html.raw("<div><dt>Allowed</dt><dd>").duration(facts.timeoutMillis());
            html.raw("</dd></div>\n");
        }
        if (facts.exitCode() != ReportFacts.UNKNOWN) {
            html.raw("<div><dt>Exit code</dt><dd>").raw(facts.exitCode()).raw("</dd></div>\n");
        }
        if (!facts.begin().isEmpty()) {
            html.raw("<div><dt>Began</dt><dd>").time(facts.begin()).raw("</dd></div>\n");
        }
        if (!facts.joined().isEmpty()) {
            html.raw("<div><dt>Joined by</dt>");
            for (Cause cause : first(facts.joined())) {
                html.raw("<dd>");
                cause(cause);
                html.raw(cause.time().isEmpty() ? "" : ", ").time(cause.time()).raw("</dd>");
            }
            int more = facts.joined().size() - MOST_LISTED;
            if (more > 0) {
                html.raw("<dd>and ").raw(more).raw(" more</dd>");
            }
            html.raw("</div>\n");
        }
        html.raw("</dl>\n</header>\n");
    }

    private void cause(Cause cause) {
        String detail = cause.detail();
        String kind = switch (cause.kind()) {
            case "SIGNAL" -> "signal";
            case "COMMAND" -> "command";
            case "CODE" -> "code";
            case "EXIT" -> "JVM exit";
            default -> cause.kind();
        };
        html.raw("<bdi>").text(kind, MOST_NAME).raw("</bdi>");
        if (!detail.isEmpty()) {
            html.raw(cause.kind().equals("SIGNAL") ? " <bdi>" : ": <bdi>");
            html.text(detail, MOST_TEXT).raw("</bdi>");
        }
    }

    private void notes() {
        if (facts.notes().isEmpty()) {
            return;
        }
        html.raw("<h2>Notes</h2>\n<ul>\n");
        for (String note : first(facts.notes())) {
            html.raw("<li>").text(note, MOST_TEXT).raw("</li>\n");
        }
        int more = facts.notes().size() - MOST_LISTED;
        if (more > 0) {
            html.raw("<li>and ").raw(more).raw(" more</li>\n");
        }
        html.raw("</ul>\n");
    }

    private static <T> List<T> first(List<T> list) {
        return list.size() <= MOST_LISTED ? list : list.subList(0, MOST_LISTED);
    }

    // ---- every step

    private void table() {
        List<Step> steps = facts.steps();
        if (steps.isEmpty()) {
            return;
        }
        html.raw("<h2 id=\"steps\">Steps</h2>\n");
        if (steps.size() > MOST_ROWS) {
            html.raw("<p class=\"note\">Listed are ").raw(MOST_ROWS).raw(" of ").raw(steps.size());
            html.raw(" steps: those that did not go well, then those that took longest.</p>\n");
        }
        html.raw("<div class=\"scroll\" role=\"region\" aria-labelledby=\"steps\" tabindex=\"0\">");
        html.raw("\n<table>\n<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Result</th>");
        html.raw("<th scope=\"col\" class=\"n\">Began at</th>");
        html.raw("<th scope=\"col\" class=\"n\">Took</th>");
        html.raw("<th scope=\"col\" class=\"n\">Limit</th></tr></thead>\n");
        Set<Step> listed = MostTelling.of(steps, MOST_ROWS);
        for (Phase phase : facts.phases()) {
            boolean open = false;
            for (Step step : phase.steps()) {
                if (listed.contains(step)) {
                    if (!open) {
                        open = true;
                        begin(phase);
                    }
                    row(step);
                }
            }
            html.raw(open ? "</tbody>\n" : "");
        }
        html.raw("</table>\n</div>\n");
    }

    private void begin(Phase phase) {
        html.raw("<tbody>\n");
        if (!phase.name().isEmpty()) {
            html.raw("<tr><th scope=\"rowgroup\" colspan=\"5\"><bdi>");
            html.text(phase.name(), MOST_NAME).raw("</bdi></th></tr>\n");
        }
    }

    private void row(Step step) {
        Result result = step.result();
        boolean begun = result != Result.SKIPPED;
        html.raw("<tr><th scope=\"row\"><bdi>").text(step.name(), MOST_NAME);
        html.raw("</bdi></th><td class=\"").raw(result.word).raw("\">").raw(result.sign);
        html.raw(" ").text(step.word(), 20);
        number(begun ? step.beginMillis() : ReportFacts.UNKNOWN);
        number(begun ? step.millis() : ReportFacts.UNKNOWN);
        number(step.limitMillis());
        html.raw("</td></tr>\n");
        boolean told = !step.detail().isEmpty() || !step.failure().isEmpty();
        if (told || !step.stacks().isEmpty()) {
            html.raw("<tr class=\"more\"><td colspan=\"5\">");
            paragraph(step.detail());
            paragraph(step.failure());
            for (Stack stack : step.stacks()) {
                stack(stack);
            }
            html.raw("</td></tr>\n");
        }
    }

    private void paragraph(String text) {
        if (!text.isEmpty()) {
            html.raw("<p>").text(text, MOST_TEXT).raw("</p>");
        }
    }

    private void number(long millis) {
        html.raw("</td><td class=\"n\">");
        if (millis != ReportFacts.UNKNOWN) {
            html.duration(millis);
        }
    }

    private void stack(Stack stack) {
        int frames = stack.frames().size();
        if (frames == 0) {
            paragraph(stack.thread());
            return;
        }
        html.raw("<details><summary>Stack of <bdi>").text(stack.thread(), MOST_NAME);
        html.raw("</bdi>, ").count(frames, "frame").raw("</summary><pre class=\"stack\">");
        int shown = Math.min(frames, framesLeft);
        framesLeft -= shown;
        for (int i = 0; i < shown; i++) {
            html.text(stack.frames().get(i), MOST_TEXT).raw("\n");
        }
        if (shown < frames) {
            html.raw("… and ").count(frames - shown, "frame").raw(", left out here\n");
        }
        html.raw("</pre></details>");
    }
}
