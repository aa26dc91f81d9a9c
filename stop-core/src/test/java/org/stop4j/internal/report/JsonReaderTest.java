package org.stop4j.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.internal.Json;

import java.util.List;
import java.util.Map;
import java.util.Random;

/** What is JSON is read, what is not is refused with its position. */
class JsonReaderTest {
    private static final int MOST = 1_000_000;

    private static final String REPORT = """
            {"outcome":"FORCED","millis":4012,"ratio":-1.5e-3,"ok":true,"no":false,"none":null,
             "steps":[{"name":"h\\u00e4\\ud83d\\ude00\\n\\"","stacks":[[],{}]}, {"name":""}], "e":{ } }
            """;

    private static @Nullable Object read(String text) {
        return JsonReader.read(text, MOST);
    }

    @Test
    void everyKindOfValueIsReadIntoItsJavaType() {
        assertThat(read(REPORT)).isInstanceOfSatisfying(Map.class, report -> {
            assertThat(report.keySet().toString())
                    .isEqualTo("[outcome, millis, ratio, ok, no, none, steps, e]");
            assertThat(report.get("millis")).isEqualTo(4012L);
            assertThat(report.get("ratio")).isEqualTo(-0.0015);
            assertThat(report.get("ok")).isEqualTo(true);
            assertThat(report.get("no")).isEqualTo(false);
            assertThat(report.get("none")).isNull();
            assertThat(report.get("steps"))
                    .isEqualTo(List.of(
                            Map.of(
                                    "name",
                                    "hä\ud83d\ude00\n\"",
                                    "stacks",
                                    List.of(List.of(), Map.of())),
                            Map.of("name", "")));
            assertThat(report.get("e")).isEqualTo(Map.of());
        });
    }

    @Test
    void everyEscapeIsReadAndEveryCharacterOfAString() {
        assertThat(read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\""))
                .isEqualTo("\"\\/\b\f\n\r\tA\ud83d");
        assertThat(read("\"\u007f\u2028\ud83d\ude00\"")).isEqualTo("\u007f\u2028\ud83d\ude00");
    }

    @Test
    void wholeNumbersAreLongsAndTheRestAreDoubles() {
        assertThat(read("0")).isEqualTo(0L);
        assertThat(read("-0")).isEqualTo(0L);
        assertThat(read("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(read("9223372036854775808")).isEqualTo(0x1p63);
        assertThat(read("1.0")).isEqualTo(1.0);
        assertThat(read("1E+2")).isEqualTo(100.0);
        assertThat(read("1e999")).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void whatOurWriterWritesIsReadBack() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x3000; c++) {
            all.append(c);
        }
        all.append("\ud800x\udc00");
        String written = new Json()
                .object()
                .field(all.toString())
                .array()
                .string(all.toString())
                .number(Long.MIN_VALUE)
                .endArray()
                .endObject()
                .toString();
        assertThat(read(written))
                .isEqualTo(Map.of(all.toString(), List.of(all.toString(), Long.MIN_VALUE)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | 0: the text ends too early",
                "`   ` | 3: the text ends too early",
                "{ | 1: expected '\"'",
                "[ | 1: the text ends too early",
                "[1 | 2: expected ',' or ']'",
                "[1,] | 3: expected a value",
                "[,1] | 1: expected a value",
                "[1 2] | 3: expected ',' or ']'",
                "{\"a\":1,} | 7: expected '\"'",
                "{\"a\" 1} | 5: expected ':'",
                "{\"a\":1 | 6: expected ',' or '}'",
                "{a:1} | 1: expected '\"'",
                "{\"a\":1, \"a\":2} | 8: a field that stands there twice",
                "'a' | 0: expected a value",
                "\"a | 2: the text ends too early",
                "\"\\x\" | 2: an unknown escape",
                "\"\\u12g4\" | 5: expected four hexadecimal digits",
                "\"\\u١٢٣٤\" | 3: expected four hexadecimal digits",
                "\"\\ | 2: the text ends too early",
                "01 | 1: expected the end",
                "- | 1: expected a digit",
                "+1 | 0: expected a value",
                "1. | 2: expected a digit",
                ".5 | 0: expected a value",
                "1e | 2: expected a digit",
                "1e+ | 3: expected a digit",
                "NaN | 0: expected a value",
                "tru | 0: expected a value",
                "nul | 0: expected a value",
                "true false | 5: expected the end",
                "{} // | 3: expected the end",
                "١ | 0: expected a value"
            })
    void whatIsNotJsonIsRefusedWithThePositionAndTheCause(String text, String words) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("JSON, position " + words);
    }

    @ParameterizedTest
    @ValueSource(chars = {0, '\n', '\t', 0x1f})
    void aControlCharacterInAStringIsRefused(char c) {
        assertThatThrownBy(() -> read("\"a" + c + '"'))
                .hasMessage("JSON, position 2: a control character in a string");
    }

    @Test
    void thirtyTwoLevelsAreReadAndOneMoreIsRefusedHoweverManyFollow() {
        assertThat(read("[".repeat(32) + "]".repeat(32))).isNotNull();
        assertThat(read("[" + "[],".repeat(1_000) + "{}]")).isInstanceOf(List.class);
        assertThatThrownBy(() -> read("[".repeat(MOST)))
                .hasMessage("JSON, position 32: deeper than 32");
        assertThatThrownBy(() -> read("{\"a\":".repeat(33)))
                .hasMessage("JSON, position 160: deeper than 32");
    }

    @Test
    void aLongerTextThanAllowedIsRefusedUnread() {
        assertThat(JsonReader.read("\"abc\"", 5)).isEqualTo("abc");
        assertThatThrownBy(() -> JsonReader.read("\"abc\"", 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("JSON of 5 characters; allowed: 4");
    }

    @Test
    void noDamageToATextDoesMoreThanToRefuseItOrToReadAnother() {
        String alphabet = "{}[]\":,\\u0019-+.eEtrufalsn \n\0\ud800\u202e";
        Random random = new Random(42);
        int refused = 0;
        for (int run = 0; run < 20_000; run++) {
            StringBuilder text = new StringBuilder(REPORT);
            for (int edit = random.nextInt(4); edit >= 0; edit--) {
                int place = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(place);
                    case 1 ->
                        text.insert(place, alphabet.charAt(random.nextInt(alphabet.length())));
                    default -> text.setLength(Math.max(9, place));
                }
            }
            try {
                read(text.toString());
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageMatching("JSON, position [0-9]+: .+");
                refused++;
            }
        }
        assertThat(refused).as("refused of 20 000, the seed being 42").isBetween(10_000, 19_999);
    }
}
