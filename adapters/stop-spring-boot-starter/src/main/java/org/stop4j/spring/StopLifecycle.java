package org.stop4j.spring;

import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.stop4j.Deadline;
import org.stop4j.Step;

import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** Stops one, and waits until it says that it has; if it does not, tells where it stands, as far as that is known. */
record StopLifecycle(Lifecycle bean, Supplier<String> where) implements Step {
    StopLifecycle(Lifecycle bean) {
        this(bean, () -> "");
    }

    @Override
    public void run(Deadline deadline) throws InterruptedException {
        if (!bean.isRunning()) {
            return;
        }
        if (!(bean instanceof SmartLifecycle smart)) {
            bean.stop();
            return;
        }
        CountDownLatch called = new CountDownLatch(1);
        smart.stop(called::countDown);
        try {
            called.await();
        } catch (InterruptedException e) {
            if (called.getCount() == 0) {
                throw e; // it has called back, and kept that it was interrupted
            }
            throw new IllegalStateException(
                    bean.getClass().getName()
                            + ".stop(Runnable) has returned, but did not call back"
                            + where.get(),
                    e);
        }
    }
}
