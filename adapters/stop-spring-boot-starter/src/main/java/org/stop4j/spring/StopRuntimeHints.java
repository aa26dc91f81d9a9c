package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.context.LifecycleProcessor;

import java.util.List;

/**
 * Tells what a native image must keep for the stop: the proxies it makes, and what it reaches by reflection. Unproven: no
 * native image has been built with it.
 */
final class StopRuntimeHints implements RuntimeHintsRegistrar {
    private static final List<String> BY_REFLECTION = List.of(
            "sun.misc.Signal",
            "sun.misc.SignalHandler",
            "java.lang.management.ManagementFactory",
            "java.lang.management.ThreadMXBean",
            "java.lang.management.ThreadInfo",
            "com.sun.management.HotSpotDiagnosticMXBean",
            "com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat");

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
        hints.reflection()
                .registerTypeIfPresent(
                        loader,
                        "sun.misc.SignalHandler",
                        type -> type.withField("SIG_DFL").withField("SIG_IGN"));
    }
}
