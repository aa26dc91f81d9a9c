package org.stop4j.rolling;

/**
 * Which instance a connection has come to.
 *
 * @param instance its name
 * @param reached false if it was chosen but took no connection
 */
record Whereabouts(String instance, boolean reached) {
    /** Of a request for which there was no connection at all, or whose connection has not been led on yet. */
    static final Whereabouts NOWHERE = new Whereabouts("nowhere", false);

    @Override
    public String toString() {
        return reached ? instance : instance + " (not connected)";
    }
}
