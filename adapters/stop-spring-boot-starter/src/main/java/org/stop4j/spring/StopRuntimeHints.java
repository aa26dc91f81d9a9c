package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.context.LifecycleProcessor;

import java.util.List;
import java.util.Map;

/**
 * Tells what a native image must keep for the stop: the proxies it makes, and what it reaches by reflection. What beans declare
 * is told by {@link StopStepHints}. No native image has been built with it.
 */
final class StopRuntimeHints implements RuntimeHintsRegistrar {
    private static final List<String> BY_REFLECTION = List.of(
            "sun.misc.Signal",
            "sun.misc.SignalHandler",
            "java.lang.management.ManagementFactory",
            "java.lang.management.ThreadMXBean",
            "java.lang.management.ThreadInfo",
            "com.sun.management.HotSpotDiagnosticMXBean",
            "com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat",
            // Whose close() is looked for, to know who wrote it.
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.ForkJoinPool",
            // What EmbeddedServer calls, of Boot 3.5, and from 4.0 on.
            "org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext",
            "org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext",
            "org.springframework.boot.web.embedded.tomcat.TomcatWebServer",
            "org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext",
            "org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext",
            "org.springframework.boot.tomcat.TomcatWebServer");

    /** What {@link PrivateField} reads of Spring's, where it is declared. */
    private static final Map<String, List<String>> FIELDS = Map.of(
            "org.springframework.scheduling.concurrent.ExecutorConfigurationSupport",
                    List.of("executor"),
            "org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor",
                    List.of("taskDecorator"),
            "org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler",
                    List.of("taskDecorator"),
            "org.springframework.scheduling.concurrent.ConcurrentTaskExecutor",
                    List.of("taskDecorator"),
            "org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler",
                    List.of("fixedDelayExecutor", "triggerExecutor"),
            "org.springframework.core.task.SimpleAsyncTaskExecutor", List.of("taskDecorator"),
            "org.springframework.core.task.support.TaskExecutorAdapter", List.of("taskDecorator"));

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        hints.proxies().registerJdkProxy(LifecycleProcessor.class);
        hints.proxies().registerJdkProxy(TypeReference.of("sun.misc.SignalHandler"));
        for (String type : BY_REFLECTION) {
            // The last one is there from Java 21 on.
            hints.reflection()
                    .registerTypeIfPresent(
                            loader,
                            type,
                            MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS,
                            MemberCategory.INVOKE_PUBLIC_METHODS);
        }
        FIELDS.forEach((type, fields) -> hints.reflection()
                .registerTypeIfPresent(loader, type, its -> fields.forEach(its::withField)));
        hints.reflection()
                .registerTypeIfPresent(
                        loader,
                        "sun.misc.SignalHandler",
                        type -> type.withField("SIG_DFL").withField("SIG_IGN"));
    }
}
