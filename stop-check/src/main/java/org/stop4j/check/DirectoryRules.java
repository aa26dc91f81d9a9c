package org.stop4j.check;

import java.util.List;
import java.util.Set;

/** Whether application and command can meet in the control directory. */
final class DirectoryRules {
    /** What nobody in the pod can write to. */
    private static final Set<String> READ_ONLY =
            Set.of("configMap", "secret", "projected", "downwardAPI", "image");

    /** What ends with the pod, beside what nobody can write to. */
    private static final Set<String> OF_THE_POD = Set.of("emptyDir", "ephemeral");

    private static final String OWN_DIRECTORY = """
            env:
              - name: STOP_DIR
                value: /run/stop
            volumeMounts:
              - name: stop
                mountPath: /run/stop
            volumes: # of the pod
              - name: stop
                emptyDir: { medium: Memory }""";

    private DirectoryRules() {}

    static void check(Subject subject) {
        Container container = subject.container();
        Setting chosen = container.env("STOP_DIR");
        Setting temporary = container.env("TMPDIR");
        if (!chosen.known() || !temporary.known()) {
            return;
        }
        boolean needed = chosen.isSet() || !container.hook().stops().isEmpty();
        String directory = chosen.or(temporary.or("/tmp"));
        if (needed && directory.startsWith("/")) {
            Setting at = chosen.isSet() ? chosen : temporary;
            place(subject, directory, at.isSet() ? at.at() : container.hook().value());
            shared(subject, directory, chosen);
        }
    }

    private static void place(Subject subject, String directory, Value at) {
        Container container = subject.container();
        Value mount = container.mountOf(directory);
        if (mount.isMissing()) {
            if (container
                    .value()
                    .path("securityContext", "readOnlyRootFilesystem")
                    .isTrue()) {
                readOnly(
                        subject, at, directory + " is in the root file system, which is read-only");
            }
            return;
        }
        Value volume = subject.pod().volume(mount.get("name").text());
        if (mount.get("readOnly").isTrue() || is(volume, READ_ONLY)) {
            readOnly(
                    subject,
                    at,
                    directory + " is in the volume "
                            + Printable.quoted(mount.get("name").text())
                            + ", which is mounted read-only");
        } else if (is(volume, OF_THE_POD)) {
            below(subject, directory, mount, at);
        } else if (volume.isMap()) {
            subject.add(
                    Rule.STOP_DIR_OUTLIVES_POD,
                    at,
                    directory + " is in the volume "
                            + Printable.quoted(mount.get("name").text())
                            + ", which another pod may have, too: the second application in one"
                            + " directory does not start",
                    "emptyDir: { medium: Memory }");
        }
    }

    private static boolean is(Value volume, Set<String> kinds) {
        return kinds.stream().anyMatch(kind -> !volume.get(kind).isMissing());
    }

    private static void readOnly(Subject subject, Value at, String why) {
        subject.add(
                Rule.STOP_DIR_READ_ONLY,
                at,
                why
                        + ": the application cannot be reached there (with STOP_DIR, it does not start),"
                        + " and the hook fails",
                OWN_DIRECTORY);
    }

    /** An empty volume has no directories in it, and neither side makes one. */
    private static void below(Subject subject, String directory, Value mount, Value at) {
        String place = Shell.withoutSlash(mount.get("mountPath").text());
        String volume = mount.get("name").text();
        if (!Shell.withoutSlash(directory).equals(place) && !subject.pod().isPrepared(volume)) {
            subject.add(
                    Rule.STOP_DIR_MISSING,
                    at,
                    directory + " is not there when the container starts: the volume at " + place
                            + " is empty, and the application makes no directories, and does not"
                            + " start",
                    "STOP_DIR of " + place + ", or an initContainer with this volume:\n"
                            + "command: [\"mkdir\", \"-p\", \"-m\", \"0700\", \"" + directory
                            + "\"]");
        }
    }

    /** Another container with the same directory, by its name, but not by its volume. */
    private static void shared(Subject subject, String directory, Setting chosen) {
        List<Container> others = subject.pod().subjects().stream()
                .filter(other -> other.value() != subject.container().value())
                .toList();
        for (Container other : others) {
            Setting theirs = other.env("STOP_DIR");
            String ours = volumeOf(subject.container(), directory);
            boolean apart = ours.isEmpty() || !ours.equals(volumeOf(other, directory));
            if (chosen.isSet() && theirs.isSet() && theirs.text().equals(directory) && apart) {
                subject.add(
                        Rule.STOP_DIR_NOT_SHARED,
                        chosen.at(),
                        "the container " + Printable.quoted(other.name())
                                + " has the same STOP_DIR, but not the same volume there: a command"
                                + " in one does not reach the application in the other",
                        "the same volume in both, if they are to meet");
            }
        }
    }

    /** Whether the application may be in another container, which has the same directory. */
    static boolean isShared(Subject subject) {
        String directory = subject.container().env("STOP_DIR").or("/tmp");
        String volume = volumeOf(subject.container(), directory);
        return !volume.isEmpty()
                && subject.pod().containers().stream()
                        .filter(other -> other.value() != subject.container().value())
                        .anyMatch(other -> volumeOf(other, directory).equals(volume));
    }

    private static String volumeOf(Container container, String directory) {
        return container.mountOf(directory).get("name").text();
    }
}
