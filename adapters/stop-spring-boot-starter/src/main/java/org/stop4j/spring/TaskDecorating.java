package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Has Spring's executors and schedulers tell {@link Tasks} what they run, by whom ever they were made.
 *
 * <p>Not by a bean of type {@code TaskDecorator}: Boot 3.5 uses such a bean only if it is the only one, so that one of the
 * user's would be lost by ours, and those that somebody makes without Boot's builders have none. A decorator that an
 * executor has already is kept, inside of ours; there is no getter for it.
 *
 * <p>What escapes: what {@code SimpleAsyncTaskScheduler} runs with a fixed delay, which it decorates with nothing. It is
 * waited for when that scheduler is shut down.
 */
final class TaskDecorating implements BeanPostProcessor {
    private static final Log LOG = LogFactory.getLog(TaskDecorating.class);

    private final ObjectProvider<Tasks> tasks;

    TaskDecorating(ObjectProvider<Tasks> tasks) {
        this.tasks = tasks;
    }

    /** Before, since pools look at their decorator when they are initialized. */
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof Executor) {
            decorate(bean, name);
        }
        return bean;
    }

    private void decorate(Object bean, String name) {
        if (bean instanceof ThreadPoolTaskExecutor pool) {
            set(name, bean, pool::setTaskDecorator, inner -> tasks().ofPool(pool, name, inner));
        } else if (bean instanceof ThreadPoolTaskScheduler scheduler) {
            set(name, bean, scheduler::setTaskDecorator, inner -> tasks().ofScheduler(name, inner));
        } else if (bean instanceof ConcurrentTaskScheduler scheduler) {
            set(name, bean, scheduler::setTaskDecorator, inner -> tasks().ofScheduler(name, inner));
        } else if (bean instanceof SimpleAsyncTaskExecutor executor) {
            set(name, bean, executor::setTaskDecorator, inner -> tasks().handedOver(name, inner));
        } else if (bean instanceof ConcurrentTaskExecutor executor) {
            set(name, bean, executor::setTaskDecorator, inner -> tasks().handedOver(name, inner));
        } else if (bean instanceof TaskExecutorAdapter adapter) {
            set(name, bean, adapter::setTaskDecorator, inner -> tasks().handedOver(name, inner));
        }
    }

    private Tasks tasks() {
        return tasks.getObject();
    }

    private static void set(
            String name, Object executor, Consumer<TaskDecorator> setter, Decorating ours) {
        PrivateField.of(executor, "taskDecorator", TaskDecorator.class)
                .ifPresentOrElse(
                        field -> setter.accept(ours.around((TaskDecorator) field.read())),
                        () -> LOG.warn("the tasks of executor \"" + name + "\" are not counted: "
                                + executor.getClass().getName()
                                + " does not tell whether it has a decorator already"));
    }

    /** Makes a decorator, around the one that was there. */
    private interface Decorating {
        TaskDecorator around(@Nullable TaskDecorator inner);
    }
}
