package org.stop4j.check;

/** How bad a finding is. */
enum Level {
    /** Something will be lost. */
    ERROR,
    /** Something may be lost. */
    WARNING,
    /** Nothing is lost; good to know. */
    HINT;

    /** As it is printed. */
    String word() {
        return switch (this) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case HINT -> "hint";
        };
    }
}
