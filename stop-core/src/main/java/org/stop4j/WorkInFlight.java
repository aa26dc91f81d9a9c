package org.stop4j;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What there is to tell of one piece of named work that is in flight.
 *
 * @param name its name
 * @param age since when it was in flight, at the time of the look
 * @param longLived whether it is told to end
 * @param thread the thread that does it, by name; empty if none is known
 * @param attributes what else was said of it, in the order of saying
 * @since 0.1
 */
public record WorkInFlight(
        String name,
        Duration age,
        boolean longLived,
        String thread,
        Map<String, String> attributes) {

    /**
     * Makes one that does not change when the map does.
     *
     * @param name its name
     * @param age since when it was in flight
     * @param longLived whether it is told to end
     * @param thread the thread that does it, or nothing
     * @param attributes what else was said of it
     */
    public WorkInFlight {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /**
     * Says it for people.
     *
     * @return {@code "GET /export" for 12.3 s in http-7 (customer=4711)}
     */
    @Override
    public String toString() {
        StringBuilder words = new StringBuilder();
        words.append('"').append(name).append("\" for ").append(Durations.plain(age));
        if (!thread.isEmpty()) {
            words.append(" in ").append(thread);
        }
        String separator = " (";
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            words.append(separator).append(attribute.getKey());
            words.append('=').append(attribute.getValue());
            separator = ", ";
        }
        return words.append(attributes.isEmpty() ? "" : ")").toString();
    }
}
