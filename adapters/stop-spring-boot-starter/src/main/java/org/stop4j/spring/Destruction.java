package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.stop4j.Deadline;
import org.stop4j.Phase;
import org.stop4j.RegisteredStep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Destroys the beans of a context, each that has something to be done then in a step of its own, in the order in which
 * Spring does: the one that was made last is destroyed first.
 *
 * <p>Meanwhile a thread is held in the middle of Spring's own way of destroying all. By that Spring knows that nobody may
 * make a bean any more, and keeps those that are destroyed for who still asks for them. At the very end, whatever has no step
 * is destroyed, and it is let go.
 */
final class Destruction {
    private static final String HELD = "org.stop4j.spring.destruction";

    private final FoundSteps steps;
    private final DefaultListableBeanFactory beans;
    private final DestroyMethods methods;
    private final RegisteredStep end;

    // Of whoever registers, one after the other: what was looked at, and what comes first of it.
    private final Set<String> registered = new HashSet<>();

    private List<String> firstOfClose = List.of();
    private List<String> firstOfLast = List.of();

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    /** Guarded by this. */
    private @Nullable Thread destroying;

    Destruction(FoundSteps steps, ConfigurableListableBeanFactory beans, RegisteredStep end) {
        this.steps = steps;
        this.beans = (DefaultListableBeanFactory) beans;
        methods = beans.getBean(DestroyMethods.class);
        this.end = end;
    }

    /** Registers the steps, for the beans that are there now and have none; they come before those that were there then. */
    void register() {
        List<String> all = new ArrayList<>(List.of(beans.getSingletonNames()));
        Collections.reverse(all);
        List<String> before = steps.declared(Phase.LAST);
        if (steps.isThere(StopMetrics.STEP)) {
            before = new ArrayList<>(before);
            before.add(StopMetrics.STEP); // before what is to be recorded in is closed
        }
        Order close = new Order(Phase.CLOSE, steps.declared(Phase.CLOSE));
        Order last = new Order(Phase.LAST, before);
        for (String name : all) {
            Object bean = registered.add(name) ? beans.getSingleton(name) : null;
            if (bean != null && !isOurs(bean) && isDestroyed(name, bean)) {
                (Telemetry.isPartOf(bean) ? last : close).add(name, bean);
            }
        }
        firstOfClose = close.before(firstOfClose);
        firstOfLast = last.before(firstOfLast);
        end.after(last.latest.toArray(new String[0]));
    }

    /** Steps one after the other. */
    private final class Order {
        private final Phase phase;
        private List<String> latest;
        private List<String> first = List.of();

        private Order(Phase phase, List<String> after) {
            this.phase = phase;
            latest = after;
        }

        private void add(String name, Object bean) {
            List<String> next = steps.add(
                    "bean", name, bean, phase, latest, deadline -> destroy(name, deadline));
            first = first.isEmpty() && !next.equals(latest) ? next : first;
            latest = next;
        }

        /** Puts these before those that had been the first; returns which are now. */
        private List<String> before(List<String> older) {
            if (first.isEmpty()) {
                return older;
            }
            older.forEach(one -> steps.comeAfter(one, latest));
            return first;
        }
    }

    private static boolean isOurs(Object bean) {
        return bean instanceof ContextClosing
                || bean instanceof ReadinessBridge
                || bean instanceof StopSteps;
    }

    // ---- which of them

    private boolean isDestroyed(String name, Object bean) {
        if (bean instanceof DisposableBean
                || methods.areThereFor(name)
                || hasDestroyMethod(name, bean)) {
            return true;
        }
        for (BeanPostProcessor one : beans.getBeanPostProcessors()) {
            if (one instanceof DestructionAwareBeanPostProcessor aware
                    && !aware.getClass()
                            .getName()
                            .startsWith("org.springframework.context.support.")
                    && aware.requiresDestruction(bean)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasDestroyMethod(String name, Object bean) {
        if (!beans.containsBeanDefinition(name)) {
            return false;
        }
        String[] names =
                beans.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition
                        ? DestroyMethods.names(definition, bean.getClass())
                        : null;
        return names != null && names.length > 0;
    }

    // ---- the steps

    private void destroy(String name, Deadline deadline) throws Exception {
        begin(deadline);
        beans.destroySingleton(name);
        methods.check(name);
    }

    private synchronized void begin(Deadline deadline) throws InterruptedException {
        if (destroying == null) {
            methods.keepFailures();
            // Registered now, it is the last one, and so the first to be destroyed.
            beans.registerDisposableBean(HELD, this::hold);
            Thread thread = new Thread(beans::destroySingletons, "stop-beans");
            thread.setDaemon(true);
            destroying = thread;
            thread.start();
            begun.await(deadline.remainingNanos() / 2, TimeUnit.NANOSECONDS);
        }
    }

    private void hold() throws InterruptedException {
        begun.countDown();
        over.await();
    }

    /** Destroys the rest, on the thread that asks, where it is seen if it hangs there; then the other finds nothing to do. */
    void end() throws InterruptedException {
        Thread thread;
        synchronized (this) {
            thread = destroying;
        }
        if (thread != null) {
            try {
                beans.destroySingletons();
            } finally {
                over.countDown();
            }
            thread.join();
        }
    }

    /** Throws what was thrown by those of the rest that have failed, if any has. */
    void checkRest() throws Exception {
        methods.checkRest();
    }
}
