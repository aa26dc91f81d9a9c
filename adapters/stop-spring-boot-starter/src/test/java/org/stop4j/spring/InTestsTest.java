package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;
import org.stop4j.Stop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tests of somebody's own project, which have the starter on their class path. */
class InTestsTest {
    @TempDir
    private Path place;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class SomebodysApplication {}

    @SpringBootTest(classes = SomebodysApplication.class)
    static class SomebodysTest {}

    @SpringBootTest(classes = SomebodysApplication.class)
    static class WithTheSameContext {}

    @SpringBootTest(classes = SomebodysApplication.class)
    @TestPropertySource(properties = {"stop.in-tests=true", "stop.signals="})
    static class AskingForIt {}

    private static ApplicationContext contextOf(Class<?> test) {
        return new TestContextManager(test).getTestContext().getApplicationContext();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("stop"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(place)) {
            return files.toList();
        }
    }

    @Test
    void aContextOfATestHasAStopThatInstallsNothing() throws Exception {
        System.setProperty("stop.dir", place.toString());
        try {
            ApplicationContext context = contextOf(SomebodysTest.class);
            assertThat(context.getBean(Stop.class).readiness().isReady()).isTrue();
            assertThat(files()).isEmpty();
            // Those of stops before this one may be about to end.
            await().atMost(Application.PATIENCE).until(() -> threads().isEmpty());
            assertThat(context.getBean(Surroundings.class)).isEqualTo(Surroundings.TEST);
        } finally {
            System.clearProperty("stop.dir");
        }
    }

    @Test
    void testsOfTheSameConfigurationShareTheirContext() {
        assertThat(contextOf(WithTheSameContext.class)).isSameAs(contextOf(SomebodysTest.class));
    }

    @Test
    void testsMayRunSideBySide() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<ApplicationContext> one = () -> contextOf(WithTheSameContext.class);
            for (Future<ApplicationContext> context :
                    threads.invokeAll(List.of(one, one, one, one), 60, TimeUnit.SECONDS)) {
                assertThat(context.get().getBean(Stop.class)).isNotNull();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoAsksForItHasItInATestToo() throws Exception {
        System.setProperty("stop.dir", place.toString());
        try {
            ApplicationContext context = contextOf(AskingForIt.class);
            assertThat(files()).isNotEmpty();
            ((org.springframework.context.ConfigurableApplicationContext) context).close();
            assertThat(files()).isEmpty();
        } finally {
            System.clearProperty("stop.dir");
        }
    }
}
