package org.stop4j.spring;

import org.springframework.context.Lifecycle;
import org.springframework.context.Phased;
import org.stop4j.Step;

/** What was found beside the lifecycles, or is stopped otherwise than by itself, in the shape of what else runs. */
record FoundLifecycle(String kind, Object bean, int phase, Step step) implements Lifecycle, Phased {
    @Override
    public int getPhase() {
        return phase;
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
        return true;
    }
}
