package org.stop4j;

/**
 * Learns of changes of state.
 *
 * @see Stop#listen
 * @since 0.1
 */
@FunctionalInterface
public interface StateListener {

    /**
     * Learns of a change; called once for each, one at a time, in their order. Must be quick: the stop waits
     * for it only a moment, and a listener that has not returned by then learns of nothing more. What it
     * throws is logged. Work that is to be waited for belongs into a step. (A drain or its undoing waits
     * for it as long as it takes.)
     *
     * @param change the change
     */
    void changed(StateChange change);
}
