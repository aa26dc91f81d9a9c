package org.stop4j.spring;

/** Where a thread stands. */
final class Place {
    private Place() {}

    /** In somebody's own code, if it is there. */
    static String in(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (!type.startsWith("java.")
                    && !type.startsWith("jdk.")
                    && !type.startsWith("sun.")
                    && !type.startsWith("org.springframework.")) {
                return frame.toString();
            }
        }
        return stack.length == 0 ? "a place that is not known" : stack[0].toString();
    }
}
