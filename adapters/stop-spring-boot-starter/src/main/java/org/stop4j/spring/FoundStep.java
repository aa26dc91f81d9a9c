package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.stop4j.Phase;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A step that is about to be registered, for something that was found among the beans. It can be used only while a {@link
 * StepCustomizer} is asked; what is said later changes nothing. Not safe for use by several threads.
 *
 * @since 0.1
 */
public final class FoundStep {
    private String name;
    private final String beanName;
    private final Object bean;
    private Phase phase;
    private @Nullable Duration ceiling;
    private final List<String> after = new ArrayList<>();
    private boolean leftOut;

    FoundStep(String name, String beanName, Object bean, Phase phase) {
        this.name = name;
        this.beanName = beanName;
        this.bean = bean;
        this.phase = phase;
    }

    /**
     * Returns what the step is called in log and report: what the bean is, and its name, as in {@code lifecycle orders},
     * {@code executor applicationTaskExecutor} or {@code bean dataSource}; a bean may have several. The step that waits
     * for tasks is called {@code tasks}. Where the application has a step of that name, a number is added.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the name of the bean for which it is registered.
     *
     * @return the name
     */
    public String beanName() {
        return beanName;
    }

    /**
     * Returns the bean for which it is registered.
     *
     * @return the bean, or the proxy that is there in its place
     */
    public Object bean() {
        return bean;
    }

    /**
     * Returns the phase in which it will be run.
     *
     * @return the phase, as said last
     */
    public Phase phase() {
        return phase;
    }

    /**
     * Has it run in another phase. Steps that would come after it in its own phase do not wait for it then. If that phase
     * has begun already, or is not one of this stop, that is logged at WARNING, and the step stays where it was.
     *
     * @param other the phase
     * @return this
     */
    public FoundStep phase(Phase other) {
        phase = Objects.requireNonNull(other, "other");
        return this;
    }

    /**
     * Limits it, from its own beginning. The limit can only shorten the time that the stop leaves it anyway.
     *
     * @param limit how long at most; replaces an earlier one
     * @return this
     * @throws IllegalArgumentException if the limit is not positive
     */
    public FoundStep ceiling(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException(
                    "limit of step \"" + name + "\" is " + limit + "; allowed: more than zero");
        }
        ceiling = limit;
        return this;
    }

    /**
     * Lets it begin only when others have ended, or were given up; beside those that it comes after anyway. Where it would
     * wait for itself in a circle, or for a later phase, that is logged at WARNING, and it does not wait for that one.
     *
     * @param steps the names of the others; added to those named before
     * @return this
     */
    public FoundStep after(String... steps) {
        after.addAll(List.of(steps));
        return this;
    }

    /**
     * Has no step registered for it. What has a lifecycle is then not stopped; but a bean is destroyed all the same, by
     * Spring itself, at the very end and in a step with all others of that kind.
     *
     * @return this
     */
    public FoundStep leaveOut() {
        leftOut = true;
        return this;
    }

    void rename(String other) {
        name = other;
    }

    @Nullable
    Duration ceiling() {
        return ceiling;
    }

    List<String> after() {
        return after;
    }

    boolean isLeftOut() {
        return leftOut;
    }
}
