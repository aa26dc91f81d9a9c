package org.stop4j.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A value of a manifest and where it stands: under a key, the place of the key. What is not there
 * is a value too, so that one can ask on; it stands where the last thing stands that is there.
 * Immutable.
 */
final class Value {
    /** What it is; a template is what another program will replace before Kubernetes sees it. */
    enum Kind {
        ABSENT,
        SCALAR,
        LIST,
        MAP,
        TEMPLATE
    }

    private static final int LONGEST_NUMBER = 18;

    private final Kind kind;
    private final int line;
    private final int column;
    private final String text;
    private final boolean plain;
    private final List<Value> items;
    private final Map<String, Value> entries;

    private Value(
            Kind kind,
            int line,
            int column,
            String text,
            boolean plain,
            List<Value> items,
            Map<String, Value> entries) {
        this.kind = kind;
        this.line = line;
        this.column = column;
        this.text = text;
        this.plain = plain;
        this.items = items;
        this.entries = entries;
    }

    /** A scalar; plain if it has no quotes, so that it may be a number, a boolean or null. */
    static Value scalar(String text, boolean plain, int line, int column) {
        Kind kind = text.contains("{{") ? Kind.TEMPLATE : Kind.SCALAR;
        return new Value(kind, line, column, text, plain, List.of(), Map.of());
    }

    static Value list(List<Value> items, int line, int column) {
        return new Value(Kind.LIST, line, column, "", false, items, Map.of());
    }

    static Value map(Map<String, Value> entries, int line, int column) {
        return new Value(Kind.MAP, line, column, "", false, List.of(), entries);
    }

    /** What <code>{{ … }}</code> without quotes is for a YAML parser: a map whose key is a map. */
    static Value template(int line, int column) {
        return new Value(Kind.TEMPLATE, line, column, "{{ }}", true, List.of(), Map.of());
    }

    /** The same in another place: that of an alias, or of a key. */
    Value at(int newLine, int newColumn) {
        return new Value(kind, newLine, newColumn, text, plain, items, entries);
    }

    /**
     * The value of a key; that of a merged map (<code>{@literal <<}</code>) if there is none here.
     */
    Value get(String key) {
        Value own = entries.get(key);
        if (own != null) {
            return own;
        }
        Value merged = entries.get("<<");
        if (merged != null) {
            List<Value> sources = merged.kind == Kind.LIST ? merged.items : List.of(merged);
            for (Value source : sources) {
                Value found = source.get(key);
                if (found.kind != Kind.ABSENT) {
                    return found;
                }
            }
        }
        return absent();
    }

    /** What is not there, in this place. */
    Value absent() {
        return new Value(Kind.ABSENT, line, column, "", false, List.of(), Map.of());
    }

    /** The same as {@link #get} for each of the keys in turn. */
    Value path(String... keys) {
        Value value = this;
        for (String key : keys) {
            value = value.get(key);
        }
        return value;
    }

    List<Value> items() {
        return items;
    }

    /** The templates in it, or itself if it is one. */
    List<Value> templates() {
        List<Value> found = new ArrayList<>();
        // By identity: by aliases, a value may be below another a number of times without end.
        collectTemplates(found, Collections.newSetFromMap(new IdentityHashMap<>()));
        return found;
    }

    private void collectTemplates(List<Value> found, Set<Object> seen) {
        if (kind == Kind.TEMPLATE) {
            found.add(this);
        } else if (kind == Kind.LIST && seen.add(items)) {
            items.forEach(item -> item.collectTemplates(found, seen));
        } else if (kind == Kind.MAP && seen.add(entries)) {
            entries.values().forEach(value -> value.collectTemplates(found, seen));
        }
    }

    /** The texts of a list of scalars; what is none is the empty text. */
    List<String> texts() {
        return items.stream().map(Value::text).toList();
    }

    /** The characters of a scalar; empty for anything else, and for null. */
    String text() {
        return isNull() ? "" : text;
    }

    /**
     * The number that Kubernetes reads here; none if it is something else, or a number in quotes.
     */
    OptionalLong number() {
        if (kind == Kind.SCALAR
                && plain
                && text.matches("-?[0-9]+")
                && text.length() <= LONGEST_NUMBER) {
            return OptionalLong.of(Long.parseLong(text));
        }
        return OptionalLong.empty();
    }

    /** Neither there nor null, which mean the same to Kubernetes. */
    boolean isMissing() {
        return kind == Kind.ABSENT || isNull();
    }

    private boolean isNull() {
        return kind == Kind.SCALAR && plain && text.matches("|~|null|Null|NULL");
    }

    boolean isTemplate() {
        return kind == Kind.TEMPLATE;
    }

    boolean isScalar() {
        return kind == Kind.SCALAR && !isNull();
    }

    boolean isList() {
        return kind == Kind.LIST;
    }

    boolean isMap() {
        return kind == Kind.MAP;
    }

    boolean isTrue() {
        return kind == Kind.SCALAR && plain && text.equals("true");
    }

    /**
     * Whether Kubernetes reads a text here and no number or boolean (which of YAML 1.1 it takes,
     * too).
     */
    boolean isText() {
        return kind == Kind.SCALAR
                && !(plain
                        && text.matches("[-+]?[0-9][0-9_]*(\\.[0-9]*)?([eE][-+]?[0-9]+)?"
                                + "|0[xob][0-9a-fA-F]+|(?i:true|false|yes|no|on|off|y|n)"));
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }
}
