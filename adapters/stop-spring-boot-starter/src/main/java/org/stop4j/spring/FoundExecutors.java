package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.Lifecycle;
import org.springframework.context.Phased;
import org.springframework.core.task.support.ExecutorServiceAdapter;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.ClassUtils;
import org.stop4j.Step;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The executors of a context, each shut down in a step: what runs and what waits in its queue is done before.
 *
 * <p>They have their place in the order of the lifecycles. Listener containers of Kafka (Spring's phase {@code
 * Integer.MAX_VALUE - 100}) and of RabbitMQ and JMS ({@code Integer.MAX_VALUE}) are lifecycles of a higher phase than an
 * executor ({@link ExecutorConfigurationSupport#DEFAULT_PHASE}): they have stopped when the step {@link Tasks#NAME} begins
 * to wait, and so a listener may hand over tasks to its end. After that come the executors, and after them the lifecycles
 * of lower phases. A pool of connections is destroyed as a bean, in phase {@code CLOSE}: tasks have theirs to the end.
 *
 * <p>Spring by itself does otherwise. When the context is closed, some pools accept nothing any more (those of its factory
 * beans, and whoever is strict about it); then it pauses them, and waits for what runs, but not for what is in the queue;
 * and when they are destroyed, it interrupts what runs and drops what waits. So pools are {@linkplain Late told} to accept
 * tasks until their own step shuts them down, and are never paused. Schedulers are not told: with the context closed, at
 * the end of {@code DRAIN}, they begin no further run.
 */
final class FoundExecutors {
    private static final Log LOG = LogFactory.getLog(FoundExecutors.class);
    private static final String EVENT_LOOPS = "io.netty.util.concurrent.EventExecutorGroup";

    private final ConfigurableListableBeanFactory beans;
    private final StopProperties.Find find;

    FoundExecutors(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        find = beans.getBean(StopProperties.class).find();
    }

    /** Adds what is found to what runs, or puts it in the place of the same bean. */
    void addTo(Map<String, Lifecycle> running) {
        if (find.executors()) {
            running.replaceAll((name, bean) -> ofSpring(bean)
                    .<Lifecycle>map(executor -> found(bean, executor))
                    .orElse(bean));
            addExecutorServices(running);
        }
        Tasks tasks = beans.getBeanProvider(Tasks.class).getIfAvailable();
        if (tasks != null) {
            int beforeExecutors = ExecutorConfigurationSupport.DEFAULT_PHASE + 1;
            running.put(Tasks.BEAN, new FoundLifecycle(Tasks.NAME, tasks, beforeExecutors, tasks));
        }
    }

    /**
     * What an executor's step is to do instead, if a task of it closes the context, and so is held meanwhile: that would be
     * waited for in vain, and all other tasks of it were waited for before.
     */
    Optional<Step> insteadOf(String name, FoundLifecycle found) {
        Tasks tasks = beans.getBeanProvider(Tasks.class).getIfAvailable();
        return found.bean() instanceof Lifecycle bean && tasks != null && tasks.hasLeft(name)
                ? ofSpring(bean).map(executor -> deadline -> executor.shutdown())
                : Optional.empty();
    }

    /** Behind what has a lifecycle. */
    private static Optional<ExecutorService> ofSpring(Lifecycle bean) {
        if (bean instanceof ExecutorConfigurationSupport) {
            return PrivateField.read(bean, "executor", ExecutorService.class);
        }
        if (bean instanceof SimpleAsyncTaskScheduler) {
            // What it runs otherwise, it hands over; and hands over nothing when the context is
            // closed.
            return PrivateField.read(bean, "fixedDelayExecutor", ScheduledExecutorService.class)
                    .map(executor -> executor);
        }
        return Optional.empty();
    }

    private static FoundLifecycle found(Lifecycle bean, ExecutorService executor) {
        int phase = bean instanceof Phased phased ? phased.getPhase() : 0;
        return new FoundLifecycle("executor", bean, phase, Step.shutDown(executor));
    }

    private void addExecutorServices(Map<String, Lifecycle> running) {
        for (String name : beans.getBeanNamesForType(ExecutorService.class, false, false)) {
            if (!running.containsKey(name) && beans.containsSingleton(name) && isOfContext(name)) {
                executorService(name).ifPresent(found -> running.put(name, found));
            }
        }
    }

    /** Whoever says that Spring is not to destroy it uses it for more than this context. */
    private boolean isOfContext(String name) {
        return !beans.containsBeanDefinition(name)
                || !"".equals(beans.getMergedBeanDefinition(name).getDestroyMethodName());
    }

    private Optional<Lifecycle> executorService(String name) {
        try {
            ExecutorService executor = beans.getBean(name, ExecutorService.class);
            return isPool(executor)
                    ? Optional.of(new FoundLifecycle(
                            "executor",
                            executor,
                            ExecutorConfigurationSupport.DEFAULT_PHASE,
                            Step.shutDown(executor)))
                    : Optional.empty();
        } catch (BeansException e) {
            LOG.warn("executor \"" + name + "\" is not shut down in a step", e);
            return Optional.empty();
        }
    }

    /** An adapter refuses to be shut down, and event loops serve those who have connections until these are closed. */
    private static boolean isPool(ExecutorService executor) {
        return !(executor instanceof ExecutorServiceAdapter)
                && Arrays.stream(ClassUtils.getAllInterfaces(executor))
                        .noneMatch(type -> type.getName().equals(EVENT_LOOPS));
    }

    /** Has pools accept tasks until their step, and schedulers drop what is not due when they are shut down. */
    static final class Late implements BeanPostProcessor {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean instanceof ExecutorConfigurationSupport pool
                    && !(bean instanceof ThreadPoolTaskScheduler)) {
                pool.setAcceptTasksAfterContextClose(true);
            } else if (bean instanceof SimpleAsyncTaskScheduler) {
                PrivateField.read(bean, "triggerExecutor", ScheduledExecutorService.class)
                        .ifPresent(Late::dropWhatIsNotDue);
            }
            return bean;
        }

        private static void dropWhatIsNotDue(ScheduledExecutorService executor) {
            if (executor instanceof ScheduledThreadPoolExecutor pool) {
                pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            }
        }
    }
}
