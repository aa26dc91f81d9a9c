package org.stop4j.check;

import java.util.ArrayList;
import java.util.List;

/** A container of a pod. */
final class Container {
    private final Value value;
    private final Hook hook;

    Container(Value value) {
        this.value = value;
        hook = Hook.of(value);
    }

    /** The container itself. */
    Value value() {
        return value;
    }

    String name() {
        String name = value.get("name").text();
        return name.isEmpty() ? "(no name)" : name;
    }

    Hook hook() {
        return hook;
    }

    Value get(String key) {
        return value.get(key);
    }

    /** What the variable with this name is. */
    Setting env(String name) {
        Value variable = variable(name);
        if (variable.isMissing()) {
            boolean known = knowsAllVariables();
            return new Setting(known, "", known ? value : value.get("envFrom"));
        }
        Value text = variable.get("value");
        boolean known = variable.get("valueFrom").isMissing()
                && !text.isTemplate()
                && !text.text().contains("$(");
        return new Setting(known, known ? text.text() : "", text.isMissing() ? variable : text);
    }

    /** Whether the manifest itself says something about this variable. */
    boolean names(String variable) {
        return !variable(variable).isMissing();
    }

    /** Whether no variables come from elsewhere. */
    boolean knowsAllVariables() {
        return value.get("envFrom").isMissing();
    }

    /** The last one with this name, as Kubernetes does; missing if there is none. */
    private Value variable(String name) {
        Value found = value.absent();
        for (Value variable : value.get("env").items()) {
            if (variable.get("name").text().equals(name)) {
                found = variable;
            }
        }
        return found;
    }

    /** What it runs, as one list of words; empty if that is the image's own. */
    List<String> words() {
        List<String> words = new ArrayList<>(value.get("command").texts());
        if (!words.isEmpty()) {
            words.addAll(value.get("args").texts());
        }
        return words;
    }

    /** Whether anything tells that this project's library or command is in it. */
    boolean tellsOfStop() {
        boolean variable = value.get("env").items().stream()
                .anyMatch(one -> one.get("name").text().startsWith("STOP_"));
        boolean asked =
                !hook.stops().isEmpty() || hook.http().get("path").text().contains("shutdown");
        return variable || asked || Shell.runsJava(words());
    }

    /** The volume mount that the path is in, the innermost one; missing if it is in none. */
    Value mountOf(String path) {
        Value best = value.absent();
        int longest = -1;
        for (Value mount : value.get("volumeMounts").items()) {
            String place = Shell.withoutSlash(mount.get("mountPath").text());
            boolean inside = path.equals(place)
                    || path.startsWith(place.endsWith("/") ? place : place + "/");
            if (!place.isEmpty() && inside && place.length() > longest) {
                longest = place.length();
                best = mount;
            }
        }
        return best;
    }
}
