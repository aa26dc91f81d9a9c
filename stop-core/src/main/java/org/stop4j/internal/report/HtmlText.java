package org.stop4j.internal.report;

/**
 * A page being written, as HTML that is XML too. Markup is what this library's own code says; everything
 * else goes through {@link #text}.
 */
final class HtmlText {
    private final StringBuilder html = new StringBuilder(16_384);

    /** Adds markup. */
    HtmlText raw(String markup) {
        html.append(markup);
        return this;
    }

    /** Adds a number. */
    HtmlText raw(long number) {
        html.append(number);
        return this;
    }

    /**
     * Adds text of any origin, for an element's content or a quoted attribute. What a reader could not see, or
     * what would turn round or hide its neighbours (control characters, bidirectional controls, lone
     * surrogates), appears as an escape: {@code \}{@code u202e}.
     */
    HtmlText text(String text) {
        return text(text, Integer.MAX_VALUE);
    }

    /** The same, of at most so many characters; says how many it leaves out. */
    HtmlText text(String text, int most) {
        int end = text.length();
        if (end > most) {
            end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < end
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                html.append(c).append(text.charAt(++i));
            } else {
                escape(c);
            }
        }
        if (end < text.length()) {
            html.append("… (").append(text.length() - end).append(" more characters)");
        }
        return this;
    }

    private void escape(char c) {
        switch (c) {
            case '&' -> html.append("&amp;");
            case '<' -> html.append("&lt;");
            case '>' -> html.append("&gt;");
            case '"' -> html.append("&quot;");
            case '\'' -> html.append("&#39;");
            case '\n', '\t' -> html.append(c);
            default -> {
                if (isUnseen(c)) {
                    String hex = Integer.toHexString(c);
                    html.append("\\u0000", 0, 6 - hex.length()).append(hex);
                } else {
                    html.append(c);
                }
            }
        }
    }

    private static boolean isUnseen(char c) {
        return Character.isISOControl(c)
                || Character.isSurrogate(c)
                || c == '\u061c' // Arabic letter mark
                || (c >= '\u200e' && c <= '\u200f') // left-to-right mark, right-to-left mark
                || (c >= '\u2028' && c <= '\u202e') // line ends, embeddings, overrides
                || (c >= '\u2066' && c <= '\u206f') // isolates, and what Unicode has given up
                || (c >= '\ufff9' && c != '\ufffd') // annotations, no characters
                || c == '\ufeff';
    }

    /** Adds {@code 7 ms} or {@code 3.2 s}, as {@code Report.summary} has it. */
    HtmlText duration(long millis) {
        if (millis < 1_000) {
            html.append(millis).append(" ms");
        } else {
            html.append(millis / 1_000).append('.').append(millis % 1_000 / 100).append(" s");
        }
        return this;
    }

    /** Adds a number that counts, with its noun in the singular or with an s. */
    HtmlText count(long number, String noun) {
        html.append(number).append(' ').append(noun).append(number == 1 ? "" : "s");
        return this;
    }

    /** Adds an instant as people read it, if it is one as {@code Instant.toString} writes it in our days. */
    HtmlText time(String instant) {
        int last = instant.length() - 1;
        if (last > 10 && instant.charAt(10) == 'T' && instant.charAt(last) == 'Z') {
            return text(instant.substring(0, 10) + ' ' + instant.substring(11, last) + " UTC", 40);
        }
        return text(instant, 40);
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
