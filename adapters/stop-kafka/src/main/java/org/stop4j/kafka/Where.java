package org.stop4j.kafka;

/** Where a thread stands, in words. */
final class Where {
    private Where() {}

    /** {@code ; it stood at com.example.Orders.ship(Orders.java:42)}; nothing if it has ended. */
    static String stands(Thread thread) {
        StackTraceElement[] frames = thread.getStackTrace();
        for (StackTraceElement frame : frames) {
            String type = frame.getClassName();
            // "at jdk.internal.misc.Unsafe.park" would be true of almost everything that hangs.
            if (!type.startsWith("java.") && !type.startsWith("jdk.")) {
                return "; it stood at " + type + '.' + frame.getMethodName() + '('
                        + frame.getFileName() + ':' + frame.getLineNumber() + ')';
            }
        }
        return "";
    }
}
