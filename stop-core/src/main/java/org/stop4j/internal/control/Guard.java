package org.stop4j.internal.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock under which one may {@linkplain #say say} something: it is kept until the lock is free, so that
 * whoever is told is never called under it.
 *
 * <p>Any thread may lock, more than once; only the one that has locked may say or unlock.
 */
final class Guard implements Notices {
    private final ReentrantLock lock = new ReentrantLock();
    private final Notices notices;

    /** Guarded by lock. */
    private final List<String> unsaid = new ArrayList<>();

    /** Tells these notices what was said. */
    Guard(Notices notices) {
        this.notices = notices;
    }

    void lock() {
        lock.lock();
    }

    @Override
    public void say(String sentence) {
        unsaid.add(sentence);
    }

    /** Unlocks; tells what was said when this was the last hold. */
    void unlock() {
        List<String> sentences = List.of();
        if (lock.getHoldCount() == 1) {
            sentences = List.copyOf(unsaid);
            unsaid.clear();
        }
        lock.unlock();
        for (String sentence : sentences) {
            notices.say(sentence);
        }
    }
}
