package org.stop4j.check;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/*
 * Made from the parser's events rather than by its composer, which calls itself for each level, and
 * so ends in a StackOverflowError for a file of brackets. An alias is the value it means, not a
 * copy, so that a "bomb" of aliases of aliases costs no more than its letters.
 */
/** The documents of one YAML file. */
final class Documents {
    /** More than what an API server takes (etcd: 1.5 MiB), for a file of several. */
    static final int LARGEST = 4 << 20;

    static final int DEEPEST = 100;
    static final int MOST_ALIASES = 200;

    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(LARGEST + 1).build();

    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<String, Value> anchors = new HashMap<>();
    private final List<Value> documents = new ArrayList<>();
    private int aliases;

    private Documents() {}

    /** The documents before the first thing that is wrong, and what that is. */
    record Reading(List<Value> documents, @Nullable Problem problem) {}

    /** What is wrong; the line is 0 if it is not in one place. */
    record Problem(int line, int column, String sentence) {}

    /** Says what is wrong. */
    private static final class WrongException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        WrongException(Optional<Mark> mark, String sentence) {
            super(sentence);
            problem = new Problem(line(mark), column(mark), sentence);
        }
    }

    /** A list or map that has begun. */
    private static final class Open {
        private final boolean map;
        private final Optional<Mark> start;
        private final String anchor;
        private final List<Value> items = new ArrayList<>();
        private final Map<String, Value> entries = new LinkedHashMap<>();
        private @Nullable Value key;
        private boolean template;

        Open(CollectionStartEvent event) {
            map = event.getEventId() == Event.ID.MappingStart;
            start = event.getStartMark();
            anchor = nameOf(event);
        }

        void add(Value value) {
            if (!map) {
                items.add(value);
            } else if (key == null) {
                key = value;
                template |= !value.isScalar() && !value.isMissing();
            } else {
                // The last one of two with the same key, as Kubernetes does.
                entries.put(key.text(), value.at(key.line(), key.column()));
                key = null;
            }
        }

        Value close() {
            if (template) {
                return Value.template(line(start), column(start));
            }
            return map
                    ? Value.map(entries, line(start), column(start))
                    : Value.list(items, line(start), column(start));
        }
    }

    /** Reads them; never throws for what the bytes are. */
    static Reading read(byte[] bytes) {
        if (bytes.length > LARGEST) {
            return none("is larger than " + (LARGEST >> 20) + " MiB");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return none("is not UTF-8");
        }
        Documents reader = new Documents();
        Problem problem = reader.parse(text.startsWith("\uFEFF") ? text.substring(1) : text);
        if (problem != null && text.contains("{{")) {
            problem = new Problem(
                    problem.line(),
                    problem.column(),
                    problem.sentence() + "; it looks like a template: check what it becomes"
                            + " (helm template … | stop check -)");
        }
        return new Reading(List.copyOf(reader.documents), problem);
    }

    private static Reading none(String sentence) {
        return new Reading(List.of(), new Problem(0, 0, sentence));
    }

    private @Nullable Problem parse(String text) {
        try {
            for (Event event : new Parse(SETTINGS).parseString(text)) {
                take(event);
            }
            return null;
        } catch (WrongException e) {
            return e.problem;
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            return new Problem(line(mark), column(mark), "is no YAML: " + oneLine(e.getProblem()));
        } catch (ReaderException e) {
            String before = text.substring(
                    0, text.offsetByCodePoints(0, Math.min(e.getPosition(), codePoints(text))));
            int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
            int column = before.length() - before.lastIndexOf('\n');
            return new Problem(
                    line,
                    column,
                    String.format("is no YAML: the character U+%04X", e.getCodePoint()));
        } catch (YamlVersionException e) {
            String version = e.getSpecVersion().getRepresentation();
            return new Problem(0, 0, "is YAML " + version + "; allowed: 1.1, 1.2");
        } catch (YamlEngineException e) {
            return new Problem(0, 0, "is no YAML: " + oneLine(e.getMessage()));
        }
    }

    private static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).replaceAll("\\s+", " ").strip();
    }

    private void take(Event event) throws WrongException {
        switch (event.getEventId()) {
            case DocumentStart -> anchors.clear();
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                Optional<Mark> mark = scalar.getStartMark();
                // A tag such as !!str makes a text of anything, as quotes do.
                boolean plain = scalar.isPlain() && scalar.getTag().isEmpty();
                add(
                        Value.scalar(scalar.getValue(), plain, line(mark), column(mark)),
                        nameOf(scalar));
            }
            case Alias -> add(meantBy((AliasEvent) event), "");
            case SequenceStart, MappingStart -> {
                if (open.size() == DEEPEST) {
                    throw new WrongException(
                            event.getStartMark(), "is nested more than " + DEEPEST + " deep");
                }
                open.push(new Open((CollectionStartEvent) event));
            }
            case SequenceEnd, MappingEnd -> {
                Open closed = open.pop();
                add(closed.close(), closed.anchor);
            }
            default -> {
                // comments, and the ends of documents and of the stream
            }
        }
    }

    private void add(Value value, String anchor) {
        if (!anchor.isEmpty()) {
            anchors.put(anchor, value);
        }
        if (open.isEmpty()) {
            documents.add(value);
        } else {
            open.element().add(value);
        }
    }

    private Value meantBy(AliasEvent event) throws WrongException {
        Optional<Mark> mark = event.getStartMark();
        String name = event.getAlias().getValue();
        aliases++;
        if (aliases > MOST_ALIASES) {
            throw new WrongException(mark, "has more than " + MOST_ALIASES + " aliases");
        }
        Value value = anchors.get(name);
        if (value == null) {
            throw new WrongException(
                    mark, "*" + name + " means nothing that has ended before: no &" + name);
        }
        return value.at(line(mark), column(mark));
    }

    private static String nameOf(NodeEvent event) {
        return event.getAnchor().map(anchor -> anchor.getValue()).orElse("");
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(place -> place.getLine() + 1).orElse(0);
    }

    private static int column(Optional<Mark> mark) {
        return mark.map(place -> place.getColumn() + 1).orElse(0);
    }
}
