package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.stop4j.Phase;
import org.stop4j.RegisteredStep;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.StoppingException;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Registers the steps for all that was found among the beans, so that whoever has a say in such a step is asked in one
 * place. None of this may keep the context from being closed: what goes wrong here is logged.
 */
final class FoundSteps {
    private static final Log LOG = LogFactory.getLog(FoundSteps.class);

    private final Stop stop;
    private final ConfigurableListableBeanFactory beans;
    private final Set<String> except;
    private final StepNames names = new StepNames();
    /** Guarded by this. */
    private final Map<String, Added> registered = new HashMap<>();
    /** Guarded by this; none before the first step. */
    private @Nullable List<StepCustomizer> customizers;

    FoundSteps(Stop stop, ConfigurableListableBeanFactory beans) {
        this.stop = stop;
        this.beans = beans;
        except = Set.copyOf(beans.getBean(StopProperties.class).find().except());
    }

    private record Added(
            RegisteredStep step, String kind, FoundStep found, List<String> after, boolean stays) {}

    /**
     * Registers a step that comes after some others. Returns what the next one in this order is to come after: this step,
     * or the same others if it was left out, or moved to another phase.
     */
    synchronized List<String> add(
            String kind, String beanName, Object bean, Phase phase, List<String> after, Step work) {
        String name = bean instanceof Tasks ? kind : names.of(kind, beanName);
        FoundStep found = new FoundStep(name, beanName, bean, phase);
        for (StepCustomizer one : customizers()) {
            ask(one, found);
        }
        if (found.isLeftOut() || except.contains(beanName)) {
            return after;
        }
        try {
            RegisteredStep step = register(found, phase, work, kind);
            boolean stays = found.phase().equals(phase);
            describe(step, found, after, stays);
            registered.put(found.name(), new Added(step, kind, found, after, stays));
        } catch (StoppingException e) {
            LOG.warn("step \"" + found.name() + "\" is left out", e);
            return after;
        }
        return found.phase().equals(phase) ? List.of(found.name()) : after;
    }

    /** Has the one that was registered for a bean do something else in its place, if it has not begun. */
    synchronized void replace(String kind, Object bean, Step work) {
        for (Added its : List.copyOf(registered.values())) {
            if (its.kind.equals(kind) && its.found.bean() == bean) {
                its.step.close();
                try {
                    add(its, stop.step(its.found.phase(), its.found.name(), work));
                } catch (StoppingException | IllegalArgumentException e) {
                    LOG.warn("step \"" + its.found.name() + "\" stays as it is", e);
                }
            }
        }
    }

    private void add(Added its, RegisteredStep step) {
        describe(step, its.found, its.after, its.stays);
        registered.put(
                its.found.name(), new Added(step, its.kind, its.found, its.after, its.stays));
    }

    /** Has one that was registered come after others, too, if it has not begun. */
    synchronized void comeAfter(String step, List<String> others) {
        Added its = registered.get(step);
        try {
            if (its != null) {
                its.step.after(others.toArray(new String[0]));
            }
        } catch (StoppingException | IllegalArgumentException e) {
            LOG.warn("step \"" + step + "\" does not wait for " + others, e);
        }
    }

    /** Whether there is a step of this name. */
    boolean isThere(String step) {
        return stop.steps().stream().anyMatch(one -> one.name().equals(step));
    }

    /** The names of those that beans declare in a phase in which beans are destroyed, to be run before. */
    List<String> declared(Phase phase) {
        StopSteps declared = beans.getBeanProvider(StopSteps.class).getIfAvailable();
        return declared == null ? List.of() : declared.beforeBeans(phase);
    }

    private List<StepCustomizer> customizers() {
        List<StepCustomizer> all = customizers;
        if (all == null) {
            all = List.of();
            try {
                all = beans.getBeanProvider(StepCustomizer.class)
                        .orderedStream()
                        .toList();
            } catch (RuntimeException e) {
                LOG.warn("beans of type StepCustomizer are not asked, since they cannot be had", e);
            }
            customizers = all;
        }
        return all;
    }

    private static void ask(StepCustomizer customizer, FoundStep found) {
        try {
            customizer.customize(found);
        } catch (RuntimeException e) {
            LOG.warn(
                    customizer.getClass().getName() + " failed at step \"" + found.name() + '"', e);
        }
    }

    private RegisteredStep register(FoundStep found, Phase own, Step work, String kind) {
        if (!found.phase().equals(own)) {
            try {
                return stop.step(found.phase(), found.name(), work);
            } catch (IllegalArgumentException | StoppingException e) {
                LOG.warn("step \"" + found.name() + "\" stays in " + own + ": " + e.getMessage());
                found.phase(own);
            }
        }
        try {
            return stop.step(own, found.name(), work);
        } catch (IllegalArgumentException theUserHasOneOfThisName) {
            found.rename(names.of(kind, found.beanName()));
            return stop.step(own, found.name(), work);
        }
    }

    private static void describe(
            RegisteredStep step, FoundStep found, List<String> after, boolean stays) {
        for (String one : after) {
            setAfter(step, found, one, stays);
        }
        for (String one : found.after()) {
            setAfter(step, found, one, true);
        }
        Duration ceiling = found.ceiling();
        if (ceiling != null) {
            step.ceiling(ceiling);
        }
    }

    /** The order among those found need not hold for one that was moved; what somebody asked for is missed. */
    private static void setAfter(RegisteredStep step, FoundStep found, String other, boolean told) {
        try {
            step.after(other);
        } catch (IllegalArgumentException e) {
            if (told) {
                LOG.warn("step \"" + found.name() + "\" does not wait for \"" + other + "\": "
                        + e.getMessage());
            }
        }
    }
}
