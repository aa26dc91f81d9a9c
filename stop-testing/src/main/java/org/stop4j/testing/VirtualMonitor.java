package org.stop4j.testing;

import org.stop4j.spi.Time;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** A monitor of a virtual time. */
final class VirtualMonitor implements Time.Monitor {
    private final Course course;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the course. */
    final Set<Wait> waits = new LinkedHashSet<>();

    VirtualMonitor(Course course) {
        this.course = course;
    }

    @Override
    public void lock() {
        lock.lock();
    }

    @Override
    public void unlock() {
        lock.unlock();
    }

    @Override
    public void await(long nanos) throws InterruptedException {
        refuseWithoutLock();
        if (nanos <= 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return;
        }
        // The clock may move on from here: whoever it wakes waits for the lock, which comes.
        Wait wait = course.begin(nanos, this, true);
        int holds = lock.getHoldCount();
        for (int i = 0; i < holds; i++) {
            lock.unlock();
        }
        try {
            course.await(wait);
        } finally {
            for (int i = 0; i < holds; i++) {
                lock.lock();
            }
        }
    }

    @Override
    public void signal() {
        refuseWithoutLock();
        course.signal(this);
    }

    @Override
    public void signalAll() {
        refuseWithoutLock();
        boolean another = true;
        while (another) {
            another = course.signal(this);
        }
    }

    private void refuseWithoutLock() {
        if (!lock.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("called without the lock");
        }
    }
}
