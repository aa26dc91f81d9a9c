package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;

class ThreadDumpReaderTest {
    private static final String DUMP = """
            {"threadDump": {"processId": 1, "threadContainers": [
              {"container": "<root>", "parent": null, "threads": [
                {"tid": "1", "name": "a \\"quoted\\" \\u0041", "stack": [
                  "java.base\\/java.lang.Object.wait0(Native Method)",
                  "com.example.Main.main(Main.java:7)"]}
              ], "threadCount": "1"},
              {"container": "java.util.concurrent.ThreadPerTaskExecutor@1f", "threads": [
                {"tid": 30, "virtual": true, "name": "", "state": "WAITING",
                 "parkBlocker": {"object": "com.example.Lock@7"},
                 "stack": ["com.example.Main.run(Main.java:9)",
                           "java.base\\/java.lang.VirtualThread.run(VirtualThread.java:3)"],
                 "monitorsOwned": [{"depth": 6, "locks": ["x.Y@1"]}]}
              ]}]}}
            """;

    private static List<ThreadDump.Seen> read(String text, int most) throws IOException {
        return new ThreadDumpReader(new StringReader(text), most).read();
    }

    @Test
    void everyThreadIsReadWithItsExecutorAndWhatItWaitsFor() throws IOException {
        List<ThreadDump.Seen> threads = read(DUMP, DUMP.length());
        assertThat(threads).hasSize(2);
        assertThat(threads.get(0).name()).isEqualTo("a \"quoted\" A");
        assertThat(threads.get(0).container()).isEqualTo("<root>");
        assertThat(threads.get(0).isVirtual()).isFalse();
        assertThat(threads.get(0).frames()).hasSize(2);
        assertThat(threads.get(1).container())
                .isEqualTo("java.util.concurrent.ThreadPerTaskExecutor@1f");
        assertThat(threads.get(1).id()).isEqualTo(30);
        assertThat(threads.get(1).isVirtual()).isTrue();
        assertThat(threads.get(1).stack().label())
                .isEqualTo("virtual thread #30 waits for com.example.Lock@7");
    }

    @Test
    void whereverItIsCutOffWhatIsCompleteIsRead() throws IOException {
        int before = 0;
        for (int length = 0; length <= DUMP.length(); length++) {
            int found = read(DUMP, length).size();
            assertThat(found).isBetween(before, 2);
            before = found;
        }
        assertThat(before).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.base/java.lang.Thread.run(Thread.java:1474)",
                "java.base/java.lang.Object.wait0(Native Method)",
                "com.example.Main.main(Main.java:7)",
                "com.example.Main.lambda$main$0(Unknown Source)",
                "com.example.Main.<init>(Main.kt)",
                "NoPackage.run(NoPackage.java:1)"
            })
    void aFrameIsReadAsItWasWritten(String text) {
        assertThat(ThreadDumpReader.frame(text)).hasToString(text);
    }

    @Test
    void aFrameLosesItsLoaderAndItsVersion() {
        assertThat(ThreadDumpReader.frame("app//x.Y.run(Y.java:1)"))
                .hasToString("x.Y.run(Y.java:1)");
        assertThat(ThreadDumpReader.frame("java.base@25.0.3/java.lang.Thread.run(Thread.java:1)"))
                .hasToString("java.base/java.lang.Thread.run(Thread.java:1)");
        assertThat(ThreadDumpReader.frame("x.Y$$Z/0x0123.run(Unknown Source)").getClassName())
                .isEqualTo("x.Y$$Z/0x0123");
        assertThat(ThreadDumpReader.frame("no frame").getMethodName()).isEqualTo("no frame");
    }
}
