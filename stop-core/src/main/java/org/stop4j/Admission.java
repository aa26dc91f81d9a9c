package org.stop4j;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts who is in, and once it is closed lets nobody in any more. Thread-safe, lock-free.
 *
 * <p>The count is spread over cells, each in a cache line of its own, so that threads on different cores do
 * not take one from each other. A cell is one word: in its upper half how many were admitted so far, in bit 31
 * whether it is closed, in the bits below how many are in, plus {@link #NOBODY}.
 *
 * <p>To be admitted is to add one to both counts of one's cell, to close is to set a bit in the same word:
 * so for each cell either comes before the other, and when {@link #close} has returned, no admission
 * follows. Who finds the bit set only after the adding takes it back; that can only make the sum of the
 * cells too large for a moment, never too small, and who takes it back looks whether it was the last.
 *
 * <p>Whoever leaves a closed cell sums them all up. A sum of zero is true although the cells are not read
 * at one time: in closed cells the counts only fall. And of those who leave, the last sees what all others
 * did. Before all are closed a sum says nothing: {@link #isClosed} tells that all are.
 *
 * <p>The admitted count wraps around off the end of the word. The other one begins in the middle of its bits, so
 * that one who leaves without having entered borrows nothing from the bits above, and is seen. If he sees
 * nobody in his cell he changes nothing. If somebody is in there he may, in a race, get it below zero; whoever
 * does raises it to zero again, but not further. So of all that is added in order to repair, nothing is more
 * than what was taken away wrongly: leaving too often may hide as many who are in the same cell, which
 * nobody can know to be others, but never leaves a count behind that would be waited for in vain.
 *
 * <p>To add costs less than to compare and set, by a third: that is why things are taken back and repaired.
 */
final class Admission {
    private static final long ONE = (1L << 32) + 1;
    private static final long CLOSED = 1L << 31;
    private static final int NOBODY = 1 << 30;

    /** 128 bytes: processors fetch lines by two. */
    private static final int LONGS_PER_CELL = 16;

    private static final int MOST_CELLS = 256;

    private final AtomicLongArray cells;
    private final int mask;
    /** Set when all cells are. */
    private volatile boolean closed;

    private final Runnable whenEmpty;

    /**
     * The task is run when it is closed and somebody was the last in it, perhaps more than once; not while it is
     * just being closed, so whoever closes looks too.
     */
    Admission(Runnable whenEmpty) {
        this.whenEmpty = whenEmpty;
        int wanted = Math.min(MOST_CELLS, 4 * Runtime.getRuntime().availableProcessors());
        int count = Integer.highestOneBit(2 * wanted - 1);
        mask = count - 1;
        // One cell of room before the first: the array's length is there.
        cells = new AtomicLongArray((count + 1) * LONGS_PER_CELL);
        for (int i = 0; i < count; i++) {
            cells.set(index(i), NOBODY);
        }
    }

    private static int index(int cell) {
        return (cell + 1) * LONGS_PER_CELL;
    }

    /** The cell of the current thread; threads made one after the other have different ones. */
    int cell() {
        return index((int) Thread.currentThread().getId() & mask);
    }

    /** Lets one in at the cell, unless it is closed. */
    boolean enter(int cell) {
        return enter(cell, ONE);
    }

    /** Lets one in at the cell, unless it is closed, without counting him as admitted. */
    boolean enterUncounted(int cell) {
        return enter(cell, 1);
    }

    private boolean enter(int cell, long one) {
        if (isClosed(cells.get(cell))) {
            return false;
        }
        boolean admitted = !isClosed(cells.getAndAdd(cell, one));
        if (!admitted) {
            cells.getAndAdd(cell, -one);
            repair(cell);
            tellIfEmpty();
        }
        return admitted;
    }

    private static boolean isClosed(long word) {
        return (int) word < 0; // that bit is the sign of the lower half
    }

    /** Lets one out at the cell at which it came in; false, and nothing has changed, if nobody was in there. */
    boolean leave(int cell) {
        if (in(cells.get(cell)) <= 0) {
            return false;
        }
        int before = (int) cells.getAndAdd(cell, -1);
        return before > NOBODY || leftUnusually(cell, before);
    }

    private boolean leftUnusually(int cell, int before) {
        repair(cell);
        tellIfEmpty();
        return in(before) > 0;
    }

    /** Raises the count to zero, if it is below. */
    private void repair(int cell) {
        long word = cells.get(cell);
        while (in(word) < 0) {
            cells.compareAndSet(cell, word, word - in(word));
            word = cells.get(cell);
        }
    }

    private void tellIfEmpty() {
        if (isClosed() && count() == 0) {
            whenEmpty.run();
        }
    }

    private static int in(long word) {
        return (int) (word & (CLOSED - 1)) - NOBODY;
    }

    /** When this returns, nobody is let in any more. Closing again does nothing. */
    synchronized void close() {
        if (!closed) {
            for (int i = 0; i <= mask; i++) {
                cells.getAndAdd(index(i), CLOSED);
            }
            closed = true;
        }
    }

    /** Whether nobody is let in any more; false while it is just being closed. */
    boolean isClosed() {
        return closed;
    }

    /** How many are in, and just being refused: exact, or too many, when it is closed; else as of about now. */
    long count() {
        long count = 0;
        for (int i = 0; i <= mask; i++) {
            count += Math.max(0, in(cells.get(index(i))));
        }
        return count;
    }

    /** How many were let in until now, but for those that are not counted, modulo 2 to the 32. */
    int admitted() {
        int admitted = 0;
        for (int i = 0; i <= mask; i++) {
            admitted += (int) (cells.get(index(i)) >>> 32);
        }
        return admitted;
    }
}
