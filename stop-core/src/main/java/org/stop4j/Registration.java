package org.stop4j;

/**
 * What was installed and can be removed again.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    /** Removes what was installed; closing again does nothing. */
    @Override
    void close();
}
