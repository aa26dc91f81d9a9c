package org.stop4j.check;

/**
 * What an environment variable is.
 *
 * @param known whether the manifest tells; a variable that is not there is known to be empty
 * @param text the value; empty means the same as not there
 * @param at where it is set; if it is not, the container
 */
record Setting(boolean known, String text, Value at) {
    boolean isSet() {
        return known && !text.isEmpty();
    }

    /** The text, or another where there is none; for what is {@linkplain #known known}. */
    String or(String other) {
        return text.isEmpty() ? other : text;
    }
}
