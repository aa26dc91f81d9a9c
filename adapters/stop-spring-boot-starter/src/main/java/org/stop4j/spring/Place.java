package org.stop4j.spring;

import java.util.Optional;

/** Where a thread stands. */
final class Place {
    private Place() {}

    /** In somebody's own code, if it is there. */
    static String in(StackTraceElement[] stack) {
        return own(stack)
                .orElse(stack.length == 0 ? "a place that is not known" : stack[0].toString());
    }

    /** In code that is neither the JDK's nor Spring's; without the name of a class loader. */
    static Optional<String> own(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (!type.startsWith("java.")
                    && !type.startsWith("jdk.")
                    && !type.startsWith("sun.")
                    && !type.startsWith("org.springframework.")) {
                return Optional.of(new StackTraceElement(
                                type,
                                frame.getMethodName(),
                                frame.getFileName(),
                                frame.getLineNumber())
                        .toString());
            }
        }
        return Optional.empty();
    }
}
