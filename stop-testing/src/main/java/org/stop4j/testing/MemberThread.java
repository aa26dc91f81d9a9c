package org.stop4j.testing;

/** A thread that takes part in a virtual time, from its start to its end. */
final class MemberThread extends Thread {
    private final Course course;

    MemberThread(Course course, Runnable work, String name) {
        super(work, name);
        this.course = course;
        setDaemon(true);
    }

    @Override
    public synchronized void start() {
        // Before it is there: the clock must not move on between this and its first instruction.
        boolean entered = course.enter(this);
        boolean started = false;
        try {
            super.start();
            started = true;
        } finally {
            if (entered && !started) {
                course.leave(this);
            }
        }
    }

    @Override
    public void run() {
        try {
            super.run();
        } catch (ClosedException thatIsHowItEnds) {
            // The time was closed while it waited; nobody has to be told.
        } finally {
            course.leave(this);
        }
    }

    @Override
    public void interrupt() {
        super.interrupt();
        course.interrupted(this);
    }
}
