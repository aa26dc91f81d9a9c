package org.stop4j.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a person sees of the page, laid out by a real browser. */
class ReportPageInBrowserTest {
    private static final List<Integer> WIDTHS = List.of(360, 400, 700, 1200);
    private static final int MOST_RESULT = 100_000_000;
    private static final Pattern RESULT = Pattern.compile("<pre id=\"result\">(.*?)</pre>");
    private static final Pattern RGB = Pattern.compile("rgb\\(([0-9]+), ([0-9]+), ([0-9]+)\\)");
    /** Of layout, which is in fractions of a pixel. */
    private static final double SLACK = 1.01;

    @TempDir
    private Path folder;

    private static Map<String, String> pages() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("clean", SampleReports.clean());
        pages.put("failed", SampleReports.failed());
        pages.put("forced", SampleReports.forced());
        pages.put("zero", SampleReports.zero());
        pages.put("sixty", SampleReports.many(60, "DONE"));
        pages.put("thousand", SampleReports.many(1_000, "HUNG"));
        pages.put("hostile", SampleReports.hostile());
        pages.replaceAll((name, report) -> ReportPage.of(report));
        String onPaper = ReportPage.of(SampleReports.forced());
        pages.put("paper", onPaper.replace("@media print", "@media all"));
        return pages;
    }

    private static final Map<String, Integer> LANES = Map.of(
            "clean",
            3,
            "failed",
            3,
            "forced",
            7,
            "zero",
            0,
            "sixty",
            60,
            "thousand",
            200,
            "hostile",
            7,
            "paper",
            7);

    /** What the script tells of these pages. */
    private List<Map<?, ?>> results(Map<String, String> pages, String call, boolean dark)
            throws IOException, InterruptedException {
        Browser browser = Browser.inFolder(folder);
        String script;
        try (InputStream resource = getClass().getResourceAsStream("measure.js")) {
            script = new String(
                    Objects.requireNonNull(resource, "measure.js").readAllBytes(),
                    StandardCharsets.UTF_8);
        }
        String encoded = pages.entrySet().stream()
                .map(page -> "\"" + page.getKey() + "\":\""
                        + Base64.getEncoder()
                                .encodeToString(page.getValue().getBytes(StandardCharsets.UTF_8))
                        + "\"")
                .collect(Collectors.joining(",", "{", "}"));
        String dom = browser.domOf(
                "<!DOCTYPE html><meta charset=utf-8><body><pre id=result></pre><script>" + script
                        + "const pages = " + encoded + ";\n" + call + "</script>",
                dark);
        Matcher found = RESULT.matcher(dom);
        assertThat(found.find()).as("a result in %.2000s", dom).isTrue();
        String json = found.group(1)
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&nbsp;", "\u00a0")
                .replace("&amp;", "&");
        return maps(Objects.requireNonNull(JsonReader.read(json, MOST_RESULT)));
    }

    private static List<Map<?, ?>> maps(Object list) {
        List<Map<?, ?>> maps = new ArrayList<>();
        for (Object element : (List<?>) list) {
            maps.add((Map<?, ?>) element);
        }
        return maps;
    }

    private static double number(Map<?, ?> box, String field) {
        return ((Number) Objects.requireNonNull(box.get(field), field)).doubleValue();
    }

    private static List<Map<?, ?>> list(Map<?, ?> page, String field) {
        return maps(Objects.requireNonNull(page.get(field), field));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyStepIsSeenOnAWideAndOnANarrowScreenByDayAndByNight(boolean dark) throws Exception {
        Map<String, String> pages = pages();
        List<Map<?, ?>> results = results(pages, "run(pages, " + WIDTHS + ")", dark);
        assertThat(results).hasSize(pages.size() * WIDTHS.size());
        for (Map<?, ?> page : results) {
            String what = page.get("name") + " at " + page.get("width") + (dark ? ", dark" : "");
            assertThat(page.get("dark")).as(what).isEqualTo(dark);
            assertThat(number(page, "layoutWidth"))
                    .as("%s: nothing to scroll sideways", what)
                    .isLessThanOrEqualTo(number(page, "width"));
            int lanes = Objects.requireNonNull(LANES.get(page.get("name")));
            assertThat(list(page, "lanes")).as(what).hasSize(lanes);
            assertThat(list(page, "names")).as(what).hasSize(lanes);
            if (lanes > 0) {
                assertLanes(page, what);
            }
            assertTable(page, what);
            assertColours(page, what);
        }
    }

    private static void assertLanes(Map<?, ?> page, String what) {
        Map<?, ?> plot = (Map<?, ?>) Objects.requireNonNull(page.get("plot"));
        List<Map<?, ?>> lanes = list(page, "lanes");
        List<Map<?, ?>> names = list(page, "names");
        for (int i = 0; i < lanes.size(); i++) {
            Map<?, ?> bar = lanes.get(i);
            Map<?, ?> name = names.get(i);
            String lane = what + ", lane " + i + " " + name.get("text") + " " + bar;
            assertThat(bar.get("seen")).as("%s: bar not covered", lane).isEqualTo(true);
            assertThat(name.get("seen")).as("%s: name not covered", lane).isEqualTo(true);
            assertThat(width(bar)).as(lane).isGreaterThanOrEqualTo(2.9);
            assertThat(height(bar)).as(lane).isGreaterThanOrEqualTo(8);
            assertThat(width(name)).as(lane).isGreaterThan(5);
            assertInside(bar, plot, lane);
            assertThat(number(name, "left")).as(lane).isNotNegative();
            assertThat(number(name, "right"))
                    .as("%s: name and bars apart", lane)
                    .isLessThanOrEqualTo(number(plot, "left"));
            double middle = (number(bar, "top") + number(bar, "bottom")) / 2;
            assertThat(middle)
                    .as("%s: name and bar side by side, %s", lane, name)
                    .isCloseTo(
                            (number(name, "top") + number(name, "bottom")) / 2, Offset.offset(3.0));
        }
        assertApart(list(page, "rowLabels"), "bottom", "top", what);
        assertApart(list(page, "ticks"), "right", "left", what + ", axis");
        for (Map<?, ?> tick : list(page, "ticks")) {
            assertInside(tick, plot, what + ", axis");
        }
    }

    private static void assertTable(Map<?, ?> page, String what) {
        for (Map<?, ?> row : list(page, "rows")) {
            assertThat(row.get("seen")).as("%s, row %s", what, row).isEqualTo(true);
            assertThat(width(row)).as("%s, row %s", what, row).isGreaterThan(20);
        }
        if (!Objects.equals(page.get("name"), "hostile")) {
            // Numbers of ten digits make a table that scrolls in its own frame.
            for (Map<?, ?> cell : list(page, "cells")) {
                assertThat(number(cell, "right"))
                        .as("%s: the table fits", what)
                        .isLessThanOrEqualTo(number(page, "width"));
            }
        }
    }

    private static void assertColours(Map<?, ?> page, String what) {
        List<Map<?, ?>> pairs = list(page, "colours");
        assertThat(pairs).as(what).hasSizeGreaterThanOrEqualTo(3);
        for (Map<?, ?> pair : pairs) {
            if (Objects.equals(pair.get("back"), "none")) {
                continue; // there is no band in this page
            }
            double contrast = contrast(colour(pair, "front"), colour(pair, "back"));
            assertThat(contrast)
                    .as("%s: contrast of %s", what, pair)
                    .isGreaterThanOrEqualTo("text".equals(pair.get("what")) ? 4.5 : 3);
        }
    }

    private static void assertInside(Map<?, ?> box, Map<?, ?> outer, String what) {
        assertThat(number(box, "left")).as(what).isGreaterThan(number(outer, "left") - SLACK);
        assertThat(number(box, "right")).as(what).isLessThan(number(outer, "right") + SLACK);
        assertThat(number(box, "top")).as(what).isGreaterThan(number(outer, "top") - SLACK);
        assertThat(number(box, "bottom")).as(what).isLessThan(number(outer, "bottom") + SLACK);
    }

    private static void assertApart(List<Map<?, ?>> boxes, String end, String begin, String what) {
        for (int i = 1; i < boxes.size(); i++) {
            assertThat(number(boxes.get(i), begin))
                    .as("%s: number %s behind the one before", what, i)
                    .isGreaterThan(number(boxes.get(i - 1), end) - SLACK);
        }
    }

    private static double width(Map<?, ?> box) {
        return number(box, "right") - number(box, "left");
    }

    private static double height(Map<?, ?> box) {
        return number(box, "bottom") - number(box, "top");
    }

    /** By WCAG 2: the lighter luminance to the darker one. */
    private static double contrast(double a, double b) {
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    /** The relative luminance of a colour, by WCAG 2. */
    private static double colour(Map<?, ?> pair, String side) {
        Matcher rgb = RGB.matcher(String.valueOf(pair.get(side)));
        assertThat(rgb.matches()).as("%s of %s", side, pair).isTrue();
        double[] weights = {0.2126, 0.7152, 0.0722};
        double luminance = 0;
        for (int i = 0; i < 3; i++) {
            double part = Integer.parseInt(rgb.group(i + 1)) / 255.0;
            luminance += weights[i]
                    * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
        }
        return luminance;
    }

    @Test
    void contrastIsOneToTwentyOneBetweenBlackAndWhite() {
        Map<String, String> pair = Map.of("front", "rgb(0, 0, 0)", "back", "rgb(255, 255, 255)");
        assertThat(contrast(colour(pair, "front"), colour(pair, "back")))
                .isCloseTo(21, Offset.offset(0.01));
    }

    @Test
    void aScriptThatGotIntoThePageWouldNotRun() throws Exception {
        String page = ReportPage.of(SampleReports.hostile());
        String without = page.replace("Content-Security-Policy", "x");
        Map<String, String> pages = Map.of("page", page, "without", without);
        List<Map<?, ?>> results = results(pages, "attack(pages)", false);
        assertThat(results).hasSize(2);
        for (Map<?, ?> result : results) {
            assertThat(result.get("ran"))
                    .as("%s: only without the policy, which shows that it could", result)
                    .isEqualTo(Objects.equals(result.get("name"), "without"));
            assertThat(result.get("margin")).as("its own style applies").isEqualTo("0px");
        }
    }
}
