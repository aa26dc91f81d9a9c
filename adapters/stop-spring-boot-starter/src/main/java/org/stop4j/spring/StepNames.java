package org.stop4j.spring;

import java.util.HashSet;
import java.util.Set;

/** Names for steps after beans: of characters that a step's may have, no longer than it may be, and each only once. */
final class StepNames {
    private static final int LONGEST = 96;

    private final Set<String> given = new HashSet<>();

    /** The kind and the name of the bean; of one that is too long, its end, which tells most. */
    String of(String kind, String bean) {
        String plain = bean.replaceAll("\\p{Cc}", "?");
        int room = LONGEST - kind.length() - 1;
        String name = kind
                + ' '
                + (plain.length() <= room
                        ? plain
                        : '…' + plain.substring(plain.length() - room + 1));
        String unique = name;
        for (int i = 2; !given.add(unique); i++) {
            unique = name + '#' + i;
        }
        return unique;
    }
}
