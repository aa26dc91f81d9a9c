package org.stop4j;

/** What objects of other people say of themselves. */
final class Description {
    private Description() {}

    /** Its {@code toString}, or its class, if that throws: a description must never end a stop. */
    static String of(Object object) {
        try {
            return String.valueOf(object);
        } catch (RuntimeException | Error e) {
            return object.getClass().getName() + " (its toString throws "
                    + e.getClass().getName() + ")";
        }
    }
}
