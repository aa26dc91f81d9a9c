package org.stop4j.spring;

/**
 * A property has a value that is not allowed; the message says which are.
 *
 * @since 0.1
 */
public final class StopConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What to look at. */
    private final String properties;

    StopConfigurationException(String properties, RuntimeException cause) {
        super(properties + ": " + cause.getMessage(), cause);
        this.properties = properties;
    }

    /**
     * Tells what to look at.
     *
     * @return the property, or several that do not go together
     */
    public String properties() {
        return properties;
    }
}
