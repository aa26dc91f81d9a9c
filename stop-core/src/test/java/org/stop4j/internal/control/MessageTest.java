package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** The content of the control files, as both ends and the years to come must read it. */
class MessageTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aMessageIsALineOfProtocolVersionAndKindAndThenALineForEachField() {
        Message message = new Message(Message.REQUEST)
                .with("id", "a-1")
                .with("reason", "one\ntwo\r\\three=ü€😀\t")
                .with("empty", "");
        assertThat(new String(message.bytes(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "stop4j 1 request\nid=a-1\nreason=one\\ntwo\\r\\\\three=ü€😀\t\nempty=\n");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverIsWrittenIsReadAgain(long salt) throws Exception {
        long seed = salt * 0x9E3779B97F4A7C15L ^ System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Map<String, String> fields = new LinkedHashMap<>();
            Message message = new Message(Message.STATUS);
            for (int i = random.nextInt(8); i > 0; i--) {
                String key = "key-" + random.nextInt(5);
                String value = text(random);
                fields.put(key, value);
                message.with(key, value);
            }
            Message read = Message.parse(message.bytes(), Message.STATUS);
            fields.forEach((key, value) ->
                    assertThat(read.get(key)).as("seed %s", seed).isEqualTo(value));
            assertThat(read.bytes()).as("seed %s", seed).isEqualTo(message.bytes());
        }
    }

    /** Any characters, those that are escaped more often than others; no halves of a pair. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append("\\\n\r=n".charAt(random.nextInt(5)));
                case 1 -> text.append((char) random.nextInt(0x20));
                case 2 -> text.append((char) (0x20 + random.nextInt(0x60)));
                default -> {
                    int point = random.nextInt(Character.MAX_CODE_POINT + 1);
                    text.appendCodePoint(
                            point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                                    ? 'x'
                                    : point);
                }
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void garbageIsRefusedInWordsAndByNothingElse(long salt) {
        long seed = salt * 0x9E3779B97F4A7C15L ^ System.nanoTime();
        Random random = new Random(seed);
        byte[] good = bytes("stop4j 1 stopped\nrequests=a,b\noutcome=CLEAN\nreport={\\n}\n");
        for (int round = 0; round < 2_000; round++) {
            byte[] bad = good.clone();
            if (random.nextBoolean()) {
                bad = new byte[random.nextInt(200)];
                random.nextBytes(bad);
            } else {
                for (int i = 0; i < 3; i++) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
            }
            try {
                Message message = Message.parse(bad, Message.STOPPED);
                assertThat(new String(message.bytes(), StandardCharsets.UTF_8))
                        .as("seed %s", seed)
                        .startsWith("stop4j 1 stopped\n");
            } catch (Message.MalformedException e) {
                assertThat(e.getMessage()).as("seed %s", seed).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | is not in the format of the stop protocol",
                "\"\n\" | is not in the format of the stop protocol",
                "\"stop4j 1 request\" | is not in the format of the stop protocol",
                "\"stop4j  1 request\n\" | is not in the format of the stop protocol",
                "\"STOP4J 1 request\n\" | is not in the format of the stop protocol",
                "\"stop4j 2 request\n\" | has protocol version 2; known here: 1",
                "\"stop4j 1 stopped\n\" | holds a stopped instead of a request",
                "\"stop4j 1 request\nid=a\" | ends in the middle of a line",
                "\"stop4j 1 request\nid\n\" | has a line without '='",
                "\"stop4j 1 request\nid\nkey=value\n\" | has a line without '='"
            })
    void whatIsNotSuchAMessageIsRefusedSayingWhatItIsInstead(String content, String words) {
        assertThatThrownBy(() -> Message.parse(bytes(content), Message.REQUEST))
                .isInstanceOf(Message.MalformedException.class)
                .hasMessage(words);
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        byte[] bad = {'s', 't', 'o', 'p', '4', 'j', ' ', '1', ' ', (byte) 0xC0, (byte) 0x80, '\n'};
        assertThatThrownBy(() -> Message.parse(bad, Message.REQUEST)).hasMessage("is not text");
    }

    @Test
    void unknownFieldsAreKeptAndTheLastOfTwoCountsAndUnknownEscapesAreTheirCharacter()
            throws Exception {
        Message message = Message.parse(
                bytes("stop4j 1 ack\nnew-in-3=x\nid=a\nid=b\\q\\\\\\\n"), Message.ACK);
        assertThat(message.get("new-in-3")).isEqualTo("x");
        assertThat(message.get("id")).isEqualTo("bq\\\\");
        assertThat(message.get("absent")).isNull();
        assertThat(message.get("absent", "otherwise")).isEqualTo("otherwise");
    }
}
