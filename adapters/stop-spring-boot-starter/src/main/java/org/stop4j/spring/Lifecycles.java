package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.Phased;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Step;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of a context has a lifecycle, each a step: those of a higher phase of Spring's before those of a lower one, and
 * whoever depends on another before that one, as Spring itself stops them.
 */
final class Lifecycles {
    /** The names that Boot gives to those that close the port; their classes have moved from line to line. */
    private static final String GRACEFUL = "webServerGracefulShutdown";

    private static final String START_STOP = "webServerStartStop";

    /** Ends Boot's logging: what the stop has to say comes before that. */
    private static final String LOGGING = "springBootLoggingLifecycle";

    private final FoundSteps steps;
    private final ConfigurableApplicationContext context;
    private final ConfigurableListableBeanFactory beans;
    private final FoundExecutors executors;
    private final Map<String, Lifecycle> registered = new LinkedHashMap<>();
    /** Found before the beans are destroyed; null if there is none. */
    private volatile @Nullable Lifecycle logging;

    Lifecycles(FoundSteps steps, ConfigurableApplicationContext context) {
        this.steps = steps;
        this.context = context;
        beans = context.getBeanFactory();
        executors = new FoundExecutors(beans);
    }

    /** The web servers are stopped as soon as nothing is in flight any more; returns the names of these steps. */
    String[] registerWebServers() {
        EmbeddedServer server = EmbeddedServer.of(context);
        List<String> before = List.of(Gate.STEP);
        List<String> servers = new ArrayList<>();
        for (String name : List.of(GRACEFUL, START_STOP)) {
            Lifecycle bean = running().get(name);
            if (bean != null && name.equals(GRACEFUL) && server.refusesByItself()) {
                registered.put(name, bean);
            } else if (bean != null) {
                Step stop = new StopLifecycle(bean);
                registered.put(name, bean);
                before = steps.add(
                        "lifecycle",
                        name,
                        bean,
                        Phase.DRAIN,
                        before,
                        name.equals(START_STOP) ? server.sentBefore(stop) : stop);
                servers.addAll(before);
            }
        }
        return servers.toArray(new String[0]);
    }

    /** All others, but for the logging: when the process ends, Boot's own hook does that. */
    void register() {
        if (beans.getSingleton(LOGGING) instanceof Lifecycle its) {
            logging = its;
        }
        List<String> before = List.of();
        for (List<String> group : groups()) {
            before = registerGroup(group, before);
        }
        registered.forEach((name, bean) -> {
            if (bean instanceof FoundLifecycle found) {
                executors
                        .insteadOf(name, found)
                        .ifPresent(step -> steps.replace(found.kind(), found.bean(), step));
            }
        });
    }

    private List<String> registerGroup(List<String> group, List<String> before) {
        Map<String, Lifecycle> running = running();
        Set<String> next = new LinkedHashSet<>();
        Map<String, List<String>> stepOf = new LinkedHashMap<>();
        for (String name : group) {
            Lifecycle bean = running.get(name);
            if (bean != null) {
                List<String> after = new ArrayList<>(before);
                for (String dependent : beans.getDependentBeans(name)) {
                    after.addAll(stepOf.getOrDefault(dependent, List.of()));
                }
                List<String> step = register(name, bean, after);
                stepOf.put(name, step);
                next.addAll(step);
            }
        }
        return next.isEmpty() ? before : List.copyOf(next);
    }

    private List<String> register(String name, Lifecycle bean, List<String> after) {
        registered.put(name, bean);
        return bean instanceof FoundLifecycle found
                ? steps.add(found.kind(), name, found.bean(), Phase.FINISH, after, found.step())
                : steps.add("lifecycle", name, bean, Phase.FINISH, after, new StopLifecycle(bean));
    }

    /** The names of what runs, in the order in which Spring stops it: in groups, dependents first. */
    private List<List<String>> groups() {
        Map<String, Lifecycle> left = running();
        TreeMap<Integer, List<String>> byPhase = new TreeMap<>(Comparator.reverseOrder());
        left.forEach(
                (name, bean) -> byPhase.computeIfAbsent(phaseOf(bean), phase -> new ArrayList<>())
                        .add(name));
        List<List<String>> groups = new ArrayList<>();
        for (List<String> members : byPhase.values()) {
            List<String> group = new ArrayList<>();
            for (String name : members) {
                take(name, left, group);
            }
            groups.add(group);
        }
        return groups;
    }

    private void take(String name, Map<String, Lifecycle> left, List<String> group) {
        if (left.remove(name) != null) {
            for (String dependent : beans.getDependentBeans(name)) {
                take(dependent, left, group);
            }
            group.add(name);
        }
    }

    private static int phaseOf(Lifecycle bean) {
        return bean instanceof Phased phased ? phased.getPhase() : 0;
    }

    /** What runs and has no step yet. */
    private Map<String, Lifecycle> running() {
        Map<String, Lifecycle> running = new LinkedHashMap<>();
        for (String found : beans.getBeanNamesForType(Lifecycle.class, false, false)) {
            String name = BeanFactoryUtils.transformedBeanName(found);
            if (!name.equals(LOGGING) && beans.containsSingleton(name)) {
                // Not what a factory makes, but the factory: as Spring, and nothing is made now.
                Object bean = beans.getSingleton(name);
                if (bean instanceof Lifecycle lifecycle
                        && !(bean instanceof LifecycleProcessor)
                        && mayRun(lifecycle)) {
                    running.put(name, lifecycle);
                }
            }
        }
        executors.addTo(running);
        beans.getBeanProvider(FoundListeners.class)
                .orderedStream()
                .forEach(one -> one.addTo(running));
        running.keySet().removeAll(registered.keySet());
        return running;
    }

    /** One that cannot tell has a step all the same, in which it is asked again, and which fails then, not all others. */
    private static boolean mayRun(Lifecycle bean) {
        try {
            return bean.isRunning();
        } catch (RuntimeException toldByItsStep) {
            return true;
        }
    }

    /** Ends the logging of a context that is closed while the process lives on, as Spring would have done. */
    void stopLogging() {
        Lifecycle its = logging;
        if (its != null && its.isRunning()) {
            its.stop();
        }
    }
}
