package org.stop4j;

/** Names of steps and phases, which are shown in logs, on terminals and in thread names. */
final class Names {
    private static final int LONGEST = 100;

    private Names() {}

    /** Refuses what could not be told from its surroundings, naming what it is a name of. */
    static String check(String what, String name) {
        if (name.isBlank() || name.length() > LONGEST) {
            throw new IllegalArgumentException("the name of a " + what + " is \"" + name
                    + "\"; allowed: 1 to " + LONGEST + " characters, not blank");
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw new IllegalArgumentException("the name of a " + what
                        + " has a control character at position " + i + "; allowed: none");
            }
        }
        return name;
    }
}
