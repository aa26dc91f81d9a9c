package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.LifecycleProcessor;
import org.springframework.core.io.support.SpringFactoriesLoader;

import java.util.List;

class StopRuntimeHintsTest {
    @Test
    void springFindsTheHints() {
        List<RuntimeHintsRegistrar> found = SpringFactoriesLoader.forResourceLocation(
                        "META-INF/spring/aot.factories")
                .load(RuntimeHintsRegistrar.class);
        assertThat(found).hasAtLeastOneElementOfType(StopRuntimeHints.class);
    }

    @Test
    void theyKeepTheProxiesAndWhatIsReachedByReflection() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        new StopRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThat(hints)
                .matches(RuntimeHintsPredicates.proxies().forInterfaces(LifecycleProcessor.class))
                .matches(RuntimeHintsPredicates.proxies()
                        .forInterfaces(Class.forName("sun.misc.SignalHandler")))
                .matches(RuntimeHintsPredicates.reflection()
                        .onType(Class.forName("sun.misc.Signal")));
    }
}
