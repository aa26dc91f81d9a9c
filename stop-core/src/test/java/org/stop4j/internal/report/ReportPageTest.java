package org.stop4j.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.internal.report.SampleReports.EVIL;
import static org.stop4j.internal.report.SampleReports.phase;
import static org.stop4j.internal.report.SampleReports.report;
import static org.stop4j.internal.report.SampleReports.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;

/** The page as a document; how it looks is for {@link ReportPageInBrowserTest}. */
class ReportPageTest {
    private static final Set<String> ELEMENTS = Set.of(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "header",
            "h1",
            "h2",
            "p",
            "dl",
            "div",
            "dt",
            "dd",
            "ul",
            "li",
            "figure",
            "figcaption",
            "b",
            "bdi",
            "em",
            "svg",
            "desc",
            "defs",
            "pattern",
            "rect",
            "line",
            "text",
            "g",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "details",
            "summary",
            "pre",
            "footer");

    /** None that runs, loads or leads anywhere. */
    private static final Set<String> ATTRIBUTES = Set.of(
            "lang",
            "charset",
            "http-equiv",
            "content",
            "name",
            "class",
            "id",
            "role",
            "scope",
            "colspan",
            "tabindex",
            "aria-hidden",
            "aria-labelledby",
            "width",
            "height",
            "x",
            "y",
            "x1",
            "x2",
            "y1",
            "y2",
            "rx",
            "fill",
            "transform",
            "patternUnits",
            "patternTransform",
            "text-anchor");

    static Stream<String> samples() {
        return Stream.of(
                SampleReports.clean(),
                SampleReports.failed(),
                SampleReports.forced(),
                SampleReports.zero(),
                SampleReports.many(60, "DONE"),
                SampleReports.hostile(),
                "{}");
    }

    private static Document parse(String page) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(page)));
    }

    private static Document page(String report) throws Exception {
        return parse(ReportPage.of(report));
    }

    private static List<Element> all(Document page, String name) {
        List<Element> elements = new ArrayList<>();
        NodeList found = page.getElementsByTagName(name);
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    /** The text of every row of the table, its cells apart. */
    private static List<String> rows(Document page) {
        return all(page, "tr").stream()
                .map(row -> {
                    List<String> cells = new ArrayList<>();
                    for (Node cell = row.getFirstChild();
                            cell != null;
                            cell = cell.getNextSibling()) {
                        cells.add(cell.getTextContent());
                    }
                    return String.join(" | ", cells);
                })
                .toList();
    }

    private static List<String> classed(Document page, String element, String style) {
        return all(page, element).stream()
                .filter(each -> each.getAttribute("class").equals(style))
                .map(Element::getTextContent)
                .toList();
    }

    private static long bars(Document page) {
        return all(page, "g").size();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void itIsWellFormedWithoutScriptAndWithoutAnythingToLoad(String report) throws Exception {
        String text = ReportPage.of(report);
        Document page = parse(text);
        for (Element element : all(page, "*")) {
            assertThat(element.getTagName()).isIn(ELEMENTS);
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                Node attribute = element.getAttributes().item(i);
                assertThat(attribute.getNodeName()).isIn(ATTRIBUTES);
                if (attribute.getNodeValue().contains("url(")) {
                    assertThat(attribute.getNodeValue())
                            .matches("url\\(#p-(failed|interrupted|hung)\\)");
                }
            }
        }
        assertThat(all(page, "style")).singleElement().satisfies(style -> {
            assertThat(style.getTextContent()).doesNotContain("url(", "@import", "</");
        });
        assertThat(text).startsWith("<!DOCTYPE html>\n<html lang=\"en\">");
    }

    @Test
    void itsPolicyForbidsEverythingButItsOwnStyle() throws Exception {
        assertThat(all(page(SampleReports.clean()), "meta"))
                .filteredOn(
                        meta -> meta.getAttribute("http-equiv").equals("Content-Security-Policy"))
                .singleElement()
                .extracting(meta -> meta.getAttribute("content"))
                .asString()
                .startsWith("default-src 'none'; style-src 'unsafe-inline';");
    }

    @Test
    void theHeadSaysHowItCameOutHowLongItTookWhyAndWhen() throws Exception {
        Document page = page(SampleReports.forced());
        assertThat(all(page, "h1").get(0).getTextContent()).isEqualTo("Stopped by force in 21.4 s");
        assertThat(all(page, "header").get(0).getTextContent())
                .contains(
                        "FORCED",
                        "signal SIGTERM",
                        "25.0 s",
                        "Exit code0",
                        "2026-11-22 19:00:00.123 UTC");
        assertThat(all(page, "title").get(0).getTextContent())
                .isEqualTo("Stopped by force in 21.4 s, 2026-11-22 19:00:00.123 UTC");
        assertThat(all(page, "li"))
                .extracting(Element::getTextContent)
                .contains("the logger hung for 500 ms");
    }

    @ParameterizedTest
    @CsvSource({
        "CLEAN, Stopped cleanly in 7 ms",
        "FAILED, 'Stopped in 7 ms, but not everything went well'",
        "FORCED, Stopped by force in 7 ms",
        "LATER_WORD, Stopped in 7 ms"
    })
    void everyOutcomeHasItsSentence(String outcome, String sentence) throws Exception {
        Document page = page(report(outcome, 7, "", List.of()));
        assertThat(all(page, "h1").get(0).getTextContent()).isEqualTo(sentence);
        assertThat(all(page, "header").get(0).getTextContent()).contains(outcome);
    }

    @Test
    void whoJoinedIsNamedWithItsTime() throws Exception {
        String joined = ",\"joined\":[{\"kind\":\"COMMAND\",\"detail\":\"deploy 4711\","
                + "\"time\":\"2026-11-22T19:00:03Z\"}]";
        String report = report("CLEAN", 7, "", List.of()).replace(",\"joined\":[]", joined);
        assertThat(all(page(report), "dd"))
                .extracting(Element::getTextContent)
                .contains("command: deploy 4711, 2026-11-22 19:00:03 UTC");
    }

    @Test
    void theTableTellsEveryStepUnderItsPhase() throws Exception {
        assertThat(rows(page(SampleReports.forced())))
                .startsWith(
                        "Step | Result | Began at | Took | Limit",
                        "NOTIFY",
                        "readiness | ✓ done | 0 ms | 2 ms | 1.0 s",
                        "deregister | ✗ failed | 0 ms | 150 ms | 1.0 s",
                        "DRAIN",
                        "websocket sessions | ! interrupted | 2.1 s | 7.0 s | 7.0 s",
                        "FINISH",
                        "orders | ∞ hung | 9.1 s | 8.0 s | 8.0 s")
                .endsWith(
                        "reports | – skipped |  |  | 8.0 s",
                        "later word | ? POSTPONED | 9.1 s | 900 ms | 8.0 s",
                        "LAST",
                        "telemetry | – skipped |  |  | 2.0 s");
    }

    @Test
    void failuresAndFoldedStacksStandUnderTheirStep() throws Exception {
        assertThat(rows(page(SampleReports.failed())))
                .containsSequence(
                        "queue | ✗ failed | 0 ms | 2.1 s | 15.0 s",
                        "java.lang.IllegalStateException: closed");
        Document page = page(SampleReports.forced());
        assertThat(all(page, "summary"))
                .extracting(Element::getTextContent)
                .containsExactly(
                        "Stack of stop-step-orders, 2 frames", "Stack of registered at, 1 frame");
        assertThat(all(page, "pre"))
                .first()
                .extracting(Element::getTextContent)
                .asString()
                .hasLineCount(2)
                .startsWith("java.base/java.lang.Object.wait(Native Method)\n");
        assertThat(all(page, "details")).noneMatch(details -> details.hasAttribute("open"));
    }

    @Test
    void whatElseThereIsToSayOfAStepStandsUnderItAndWhereNoThreadStandsIsNoStack()
            throws Exception {
        String quiet = SampleReports.step(
                "quiet wait",
                "NOTIFY",
                "DONE",
                0,
                3_200,
                20_000,
                ",\"detail\":\"quiet after 3.2 s\"");
        String drain = SampleReports.step(
                "work in flight",
                "DRAIN",
                "HUNG",
                3_200,
                9_000,
                9_000,
                ",\"stacks\":[{\"thread\":\"\\\"GET /x\\\" was admitted by us\",\"frames\":[]}]");
        Document page = page(SampleReports.report("FORCED", 12_200, "", List.of(quiet, drain)));
        assertThat(rows(page)).contains("quiet after 3.2 s", "\"GET /x\" was admitted by us");
        assertThat(all(page, "details")).isEmpty();
    }

    @Test
    void everyResultHasABarOfItsOwnLookAndASignBesideTheName() throws Exception {
        Document page = page(SampleReports.forced());
        assertThat(all(page, "g"))
                .extracting(lane -> {
                    String look = "";
                    for (Node shape = lane.getFirstChild();
                            shape != null;
                            shape = shape.getNextSibling()) {
                        if (shape instanceof Element element
                                && element.getTagName().equals("rect")
                                && !look.contains("url")) {
                            look = (look.isEmpty() ? element.getAttribute("class") : look)
                                    + element.getAttribute("fill");
                        }
                    }
                    return look;
                })
                .containsExactly(
                        "bar done",
                        "bar failedurl(#p-failed)",
                        "bar interruptedurl(#p-interrupted)",
                        "bar hungurl(#p-hung)",
                        "bar skipped",
                        "bar other",
                        "bar skipped");
        assertThat(classed(page, "b", "hung")).contains("∞");
    }

    @ParameterizedTest
    @CsvSource({
        // the stop took, of 25 s allowed; the labels of the axis
        "21400, 0 s 5 s 10 s 15 s 20 s 25 s",
        "6250, 0 s 5 s 10 s 15 s 20 s 25 s",
        "6249, 0 s 2 s 4 s 6 s",
        "412, 0 ms 100 ms 200 ms 300 ms 400 ms",
        "1200, 0 s 0.5 s 1 s",
        "3, 0 ms 2 ms 4 ms 6 ms 8 ms 10 ms",
        "25001, 0 s 10 s 20 s 30 s",
        "3600000, 0 s 1000 s 2000 s 3000 s 4000 s",
        "0, 0 ms 2 ms 4 ms 6 ms 8 ms 10 ms"
    })
    void theAxisEndsAtTheTimeAllowedOrIsCutBehindTheEnd(long millis, String labels)
            throws Exception {
        Document page = page(report(
                "CLEAN",
                millis,
                phase("DRAIN", 0, millis),
                List.of(step("http", "DRAIN", "DONE", 0, millis, 30_000_000))));
        assertThat(all(page, "text"))
                .extracting(Element::getTextContent)
                .containsExactly(labels.split(" (?=[0-9])", 0));
        boolean cut = millis < 6_250;
        assertThat(all(page, "figcaption").get(0).getTextContent().contains("The axis is cut"))
                .isEqualTo(cut);
        assertThat(classed(page, "line", "allowed")).hasSize(cut ? 0 : 1);
    }

    @Test
    void aLimitIsMarkedOnlyWhereItLiesInThePicture() throws Exception {
        Document page = page(report(
                "CLEAN",
                400,
                "",
                List.of(
                        step("in", "DRAIN", "DONE", 100, 200, 250),
                        step("out", "DRAIN", "DONE", 100, 200, 350))));
        assertThat(all(page, "line"))
                .filteredOn(line -> line.getAttribute("class").equals("limit"))
                .singleElement()
                .satisfies(line -> {
                    // 350 of 400 ms, on an axis that takes 98 of 100 and begins at 0.5
                    assertThat(line.getAttribute("x1")).isEqualTo("86.25%");
                    assertThat(((Element) line.getParentNode()).getTextContent())
                            .startsWith("in: done, from 100 ms to 300 ms, limit 250 ms");
                });
        assertThat(all(page, "figcaption").get(0).getTextContent()).contains("a step's limit");
    }

    @Test
    void aReportOfAnOlderApplicationIsDrawnOneStepAfterTheOther() throws Exception {
        Document page = page("{\"outcome\":\"CLEAN\",\"reason\":{\"kind\":\"EXIT\"},\"steps\":["
                + "{\"name\":\"http\",\"result\":\"DONE\",\"millis\":112},"
                + "{\"name\":\"db\",\"result\":\"DONE\",\"millis\":200}]}");
        assertThat(all(page, "h1").get(0).getTextContent()).isEqualTo("Stopped cleanly in 312 ms");
        assertThat(rows(page))
                .containsExactly(
                        "Step | Result | Began at | Took | Limit",
                        "http | ✓ done | 0 ms | 112 ms | ",
                        "db | ✓ done | 112 ms | 200 ms | ");
        assertThat(all(page, "dt"))
                .extracting(Element::getTextContent)
                .containsExactly("Because of");
    }

    @Test
    void fieldsOfAnotherTypeCountAsNotTold() throws Exception {
        Document page = page(
                "{\"outcome\":7,\"exitCode\":\"x\",\"millis\":[],\"timeoutMillis\":null,"
                        + "\"begin\":{},\"reason\":[],\"joined\":{},\"phases\":[1,\"x\"],\"notes\":\"x\","
                        + "\"steps\":[7,null,{\"name\":7,\"stacks\":[{\"frames\":7}],\"millis\":\"x\"}]}");
        assertThat(all(page, "h1").get(0).getTextContent()).isEqualTo("Stopped in 0 ms");
        assertThat(rows(page)).contains("(no name) | ? unknown | 0 ms | 0 ms | ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | JSON, position 0: the text ends too early",
                "{\"outcome\": | JSON, position 11: the text ends too early",
                "[] | the report is JSON, but not an object",
                "7 | the report is JSON, but not an object"
            })
    void whatIsNoReportIsRefusedWithItsPosition(String report, String words) {
        assertThatThrownBy(() -> ReportPage.of(report))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(words);
    }

    @Test
    void noStepsAreSaidInAWord() throws Exception {
        Document page = page(SampleReports.zero());
        assertThat(all(page, "main").get(0).getTextContent()).contains("There was no step to run.");
        assertThat(all(page, "table")).isEmpty();
        assertThat(all(page, "svg")).isEmpty();
    }

    @Test
    void whatIsHostileAppearsAsTextAndWhatCannotBeSeenAsAnEscape() throws Exception {
        String text = ReportPage.of(SampleReports.hostile());
        assertThat(text.codePoints()
                        .filter(c -> (c < ' ' && c != '\n' && c != '\t')
                                || (c >= 0x202a && c <= 0x202e)
                                || (c >= 0x2066 && c <= 0x2069)
                                || (c >= 0xd800 && c <= 0xdfff)))
                .isEmpty();
        Document page = parse(text);
        assertThat(all(page, "dd"))
                .first()
                .extracting(Element::getTextContent)
                .isEqualTo(EVIL + ": \\u202egnp.exe\\u0000\\u001b[31m\\ud800");
        assertThat(rows(page)).anyMatch(row -> row.startsWith("\\u202eturned round\\u2066 | "));
        assertThat(rows(page)).anyMatch(row -> row.startsWith("line one\nline two\n\t" + EVIL));
        assertThat(rows(page))
                .anyMatch(row -> row.startsWith("x".repeat(200) + "… (9800 more characters) | "));
        assertThat(text).hasSizeLessThan(60_000);
    }

    @Test
    void noRandomJsonOfTheRightShapeBreaksThePage() throws Exception {
        String[] values = {
            "null",
            "7",
            "-1",
            "1e300",
            "\"DONE\"",
            "\"\"",
            "[]",
            "{}",
            "true",
            "\"\\u0000<'\"",
            "9223372036854775807",
            "[{}]",
            "\"HUNG\"",
            "\"SKIPPED\"",
            "\"\\udc00\"",
            "[\"x\"]"
        };
        String[] fields = {
            "outcome", "exitCode", "millis", "timeoutMillis", "begin", "reason", "joined", "phases",
            "steps", "notes", "name", "phase", "result", "beginMillis", "limitMillis", "failure",
            "stacks", "thread", "frames", "kind", "detail", "time"
        };
        Random random = new Random(42);
        for (int run = 0; run < 500; run++) {
            String report = SampleReports.forced();
            for (int edit = 0; edit < 6; edit++) {
                String field = "\"" + fields[random.nextInt(fields.length)] + "\":";
                String value = values[random.nextInt(values.length)];
                int at = report.indexOf(field, random.nextInt(report.length()));
                if (at >= 0) {
                    // The old value stays, under a name that nobody knows.
                    report = report.substring(0, at) + field + value + ",\"_" + run + "_" + edit
                            + "\":" + report.substring(at + field.length());
                }
            }
            parse(ReportPage.of(report));
        }
    }

    @Test
    void ofTooManyStepsTheMostTellingAreDrawnAndTheTableHasAll() throws Exception {
        String text = ReportPage.of(SampleReports.many(10_000, "HUNG"));
        assertThat(text).hasSizeLessThan(3_000_000);
        Document page = parse(text);
        assertThat(bars(page)).isEqualTo(ReportTimeline.MOST_LANES);
        assertThat(classed(page, "p", "note"))
                .containsExactly("Drawn are 200 of 10000 steps: those that did not go well, then"
                        + " those that took longest.");
        long hung = rows(page).stream().filter(row -> row.contains("∞ hung")).count();
        assertThat(hung).isEqualTo(103);
        assertThat(all(page, "g").stream().filter(g -> g.getTextContent().contains(": hung")))
                .as("everyone that hung is drawn")
                .hasSize(103);
        assertThat(rows(page).stream()
                        .filter(row -> row.contains(" ms | ") || row.contains(" s | ")))
                .hasSize(10_000);
        assertThat(page.getElementsByTagName("figcaption").item(0).getTextContent())
                .contains("9897 done", "103 hung");
    }

    @Test
    void beyondTenThousandStepsTheTableSaysWhatItLeavesOut() throws Exception {
        String text = ReportPage.of("{\"steps\":[" + "{},".repeat(300_000)
                + step("the one", "P", "HUNG", 1, 2, 3) + "]}");
        assertThat(text).hasSizeLessThan(3_000_000);
        Document page = parse(text);
        assertThat(classed(page, "p", "note"))
                .last()
                .asString()
                .startsWith("Listed are 10000 of 300001 steps");
        assertThat(rows(page)).hasSizeBetween(10_001, 10_005);
        assertThat(rows(page)).contains("the one | ∞ hung | 1 ms | 2 ms | 3 ms");
    }

    @Test
    void tooManyFramesNotesAndCausesAreCounted() throws Exception {
        String frames = "\"a.b(C.java:1)\"" + ",\"a.b(C.java:1)\"".repeat(9_998);
        String stack = ",\"stacks\":[{\"thread\":\"t\",\"frames\":[" + frames + "]}]";
        String notes = ",\"notes\":[\"n\"" + ",\"n\"".repeat(59) + "]";
        Document page = page(report(
                "FORCED",
                1,
                "",
                List.of(
                        step("a", "P", "HUNG", 0, 1, 1, stack),
                        step("b", "P", "HUNG", 0, 1, 1, stack)),
                notes));
        assertThat(all(page, "pre").get(0).getTextContent().lines()).hasSize(9_999);
        assertThat(all(page, "pre").get(1).getTextContent())
                .isEqualTo("a.b(C.java:1)\n… and 9998 frames, left out here\n");
        assertThat(all(page, "li")).extracting(Element::getTextContent).contains("and 10 more");
    }
}
