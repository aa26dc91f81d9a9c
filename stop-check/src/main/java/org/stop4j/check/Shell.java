package org.stop4j.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads commands and shell scripts as far as one must to see what they run. What it does not
 * understand it takes for words, so that it sees too little rather than too much.
 */
final class Shell {
    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ash", "ksh", "zsh");

    /** They hand signals to their child alone, which is a shell then. */
    private static final Set<String> INITS = Set.of("tini", "docker-init", "catatonit");

    private static final Set<String> BEFORE_A_COMMAND = Set.of(
            "then", "do", "else", "if", "while", "until", "!", "{", "time", "nohup", "command");

    private Shell() {}

    static String baseName(String program) {
        return program.substring(program.lastIndexOf('/') + 1);
    }

    static boolean isShell(List<String> words) {
        return !words.isEmpty() && SHELLS.contains(baseName(words.get(0)));
    }

    /**
     * Without an init before it ({@code tini --}); one that signals the whole group is left there.
     */
    static List<String> withoutInit(List<String> words) {
        if (words.isEmpty() || !INITS.contains(baseName(words.get(0)))) {
            return words;
        }
        int next = 1;
        while (next < words.size() && words.get(next).startsWith("-")) {
            if (words.get(next).equals("-g")) {
                return words;
            }
            next++;
        }
        return words.subList(next, words.size());
    }

    /** The path without slashes at its end, but for the root. */
    static String withoutSlash(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    /** The script of {@code sh -c SCRIPT}; empty if it is not that. */
    static String script(List<String> words) {
        if (!isShell(words)) {
            return "";
        }
        boolean isNext = false;
        for (String word : words.subList(1, words.size())) {
            if (!word.startsWith("-")) {
                return isNext ? word : "";
            }
            isNext |= word.matches("-[a-z]+") && word.indexOf('c') > 0;
        }
        return "";
    }

    /** Whether Java runs in this command, by itself or in the script of a shell. */
    static boolean runsJava(List<String> words) {
        String script = script(withoutInit(words));
        List<List<String>> commands = script.isEmpty() ? List.of(words) : commands(script);
        return commands.stream().anyMatch(Shell::isJava);
    }

    /** Whether this command is Java, possibly with assignments or {@code exec} before it. */
    static boolean isJava(List<String> command) {
        List<String> words = withoutAssignments(command);
        if (words.size() > 1 && baseName(words.get(0)).matches("exec|env")) {
            words = withoutAssignments(words.subList(1, words.size()));
        }
        return !words.isEmpty() && baseName(words.get(0)).equals("java");
    }

    /** Without {@code A=b} at the beginning. */
    static List<String> withoutAssignments(List<String> command) {
        int first = 0;
        while (first < command.size()
                && command.get(first).matches("(?s)[A-Za-z_][A-Za-z0-9_]*=.*")) {
            first++;
        }
        return command.subList(first, command.size());
    }

    /** The simple commands of a script, each as its words. */
    static List<List<String>> commands(String script) {
        Reader reader = new Reader(script);
        reader.read();
        return reader.commands;
    }

    /** Splits a script. */
    private static final class Reader {
        private final String script;
        private final List<List<String>> commands = new ArrayList<>();
        private List<String> command = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();
        private boolean inWord;

        Reader(String script) {
            this.script = script;
        }

        void read() {
            for (int i = 0; i < script.length(); i++) {
                char c = script.charAt(i);
                if (c == '\'' || c == '"') {
                    i = quoted(i, c);
                } else if (c == '\\' && i + 1 < script.length()) {
                    i++;
                    if (script.charAt(i) != '\n') {
                        append(script.charAt(i));
                    }
                } else if (c == '#' && !inWord) {
                    int end = script.indexOf('\n', i);
                    i = (end < 0 ? script.length() : end) - 1;
                } else if (";&|()\n".indexOf(c) >= 0 && !isRedirection(i)) {
                    endCommand();
                } else if (Character.isWhitespace(c)) {
                    endWord();
                } else {
                    append(c);
                }
            }
            endCommand();
        }

        /** {@code 2>&1} and {@code &>file} go on with the same command. */
        private boolean isRedirection(int i) {
            boolean after = i > 0 && script.charAt(i - 1) == '>';
            boolean before = i + 1 < script.length() && script.charAt(i + 1) == '>';
            return script.charAt(i) == '&' && (after || before);
        }

        private int quoted(int start, char quote) {
            inWord = true;
            int i = start + 1;
            while (i < script.length() && script.charAt(i) != quote) {
                if (quote == '"' && script.charAt(i) == '\\' && i + 1 < script.length()) {
                    i++;
                }
                append(script.charAt(i));
                i++;
            }
            return i;
        }

        private void append(char c) {
            word.append(c);
            inWord = true;
        }

        private void endWord() {
            boolean skipped = command.isEmpty() && BEFORE_A_COMMAND.contains(word.toString());
            if (inWord && !skipped) {
                command.add(word.toString());
            }
            word.setLength(0);
            inWord = false;
        }

        private void endCommand() {
            endWord();
            if (!command.isEmpty()) {
                commands.add(command);
                command = new ArrayList<>();
            }
        }
    }
}
