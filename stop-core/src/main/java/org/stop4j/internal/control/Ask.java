package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

/** What a request asks for. */
public enum Ask {
    /** To stop: the only thing that happens at most once. */
    STOP("stop"),
    /** To be sent no new work, and go on serving. */
    DRAIN("drain"),
    /** To be sent work again. */
    RESUME("resume");

    private final String word;

    Ask(String word) {
        this.word = word;
    }

    /** As it is written in a file. */
    public String word() {
        return word;
    }

    /** The one that is written so; null if there is none. */
    static @Nullable Ask of(String word) {
        return switch (word) {
            case "stop" -> STOP;
            case "drain" -> DRAIN;
            case "resume" -> RESUME;
            default -> null;
        };
    }
}
