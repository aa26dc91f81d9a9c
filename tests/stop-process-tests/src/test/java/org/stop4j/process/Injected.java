package org.stop4j.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What is injected into one of many stops, and which exit codes are right then: the oracle, written down
 * before the first run.
 *
 * <p>A command may end with 0 only if the application has stopped cleanly, an application only if it has;
 * that, and that no file is left, is for {@link Stage#judge} to see. What is said here is the rest.
 */
enum Injected {
    /** Command 0, application 0. */
    NOTHING {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            stage.exit(stage.command(), 0);
            stage.exit(application, 0);
        }
    },
    /** Application 137, or 0 if it was too late. Command 0 if it was answered, else 4: it died. */
    APPLICATION_KILLED {
        @Override
        void play(Stage stage) {
            Child application = stage.application("--step=slow:100");
            Child command = stage.command();
            stage.signalAtARandomInstant(application, "KILL");
            if (stage.exit(application, 0, 137) == 0) {
                stage.exit(command, 0);
            } else {
                stage.exit(command, 0, 4);
            }
            stage.stopOnceMoreIfSomethingIsLeft();
        }
    },
    /** Command 137, or 0 if it was too late. The application goes on with 0, at the next request at the latest. */
    COMMAND_KILLED {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            Child command = stage.command();
            stage.signalAtARandomInstant(command, "KILL");
            stage.exit(command, 0, 137);
            stage.stopIfStillThere(application);
            stage.stopOnceMoreIfSomethingIsLeft();
        }
    },
    /** Command 143, or 0 if it was too late; it takes its request back. The application as above. */
    COMMAND_TERMINATED {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            Child command = stage.command();
            stage.signalAtARandomInstant(command, "TERM");
            stage.exit(command, 0, 143);
            stage.stopIfStillThere(application);
            stage.stopOnceMoreIfSomethingIsLeft();
        }
    },
    /** Application 0. Command 0, or 4 if the application had gone before it came. */
    SIGTERM_AT_THE_SAME_TIME {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            stage.signalAtARandomInstant(application, "TERM");
            stage.exit(stage.command("--timeout", "2s"), 0, 4);
            stage.exit(application, 0);
        }
    },
    /** Both commands 0, application 0. */
    TWO_COMMANDS {
        @Override
        void play(Stage stage) {
            Path go = stage.directory().resolveSibling("go");
            Child application = stage.application("--step=slow:until-" + go);
            Child first = stage.command();
            Child second = stage.command();
            stage.awaitTaken(2);
            touch(go);
            stage.exit(first, 0);
            stage.exit(second, 0);
            stage.exit(application, 0);
            delete(go);
        }
    },
    /** One command 0, the other too, or 4 if the application had gone before it came. Application 0. */
    TWO_COMMANDS_FOR_AN_INSTANT {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            Child first = stage.command("--timeout", "2s");
            Child second = stage.command("--timeout", "2s");
            if (stage.exit(first, 0, 4) == 4) {
                stage.exit(second, 0);
            } else {
                stage.exit(second, 0, 4);
            }
            stage.exit(application, 0);
        }
    },
    /** Application 1, command 1. */
    STEP_THROWS {
        @Override
        void play(Stage stage) {
            Child application = stage.application("--step=bad:throw");
            stage.exit(stage.command(), 1);
            stage.exit(application, 1);
        }
    },
    /**
     * Application 3, command 1; 4 only if a machine without any time to spare made the application halt, a third
     * of a second after its deadline. That one leaves files, as a killed one does.
     */
    STEP_HANGS {
        @Override
        void play(Stage stage) throws IOException {
            Child application = stage.application("--timeout-ms=1500", "--step=stuck:deaf");
            Child command = stage.command();
            stage.exit(application, 3);
            if (application.errText().contains("halted with exit code 3")) {
                stage.exit(command, 1, 4);
                stage.stopOnceMoreIfSomethingIsLeft();
            } else {
                stage.exit(command, 1);
            }
        }
    },
    /** The application ends with 9 in the middle of its stop, unanswered: command 4. */
    STEP_ENDS_THE_PROCESS {
        @Override
        void play(Stage stage) {
            Child application = stage.application("--step=ends:halt");
            stage.exit(stage.command(), 4);
            stage.exit(application, 9);
            stage.stopOnceMoreIfSomethingIsLeft();
        }
    },
    /** Command 3. */
    TOO_SLOW_FOR_THE_COMMAND {
        @Override
        void play(Stage stage) {
            Path go = stage.directory().resolveSibling("go");
            Child application = stage.application("--step=slow:until-" + go);
            stage.exit(stage.command("--timeout", "400ms"), 3);
            touch(go);
            stage.exit(application, 0);
            delete(go);
        }
    },
    /** No room for the report, but for an empty file: application 0, command 1. */
    DISK_FULL {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            Stage.run("prlimit", "--pid=" + application.pid(), "--fsize=0");
            stage.exit(stage.command(), 1);
            stage.exit(application, 0);
        }
    },
    /** Both 0: it is there again. */
    STATUS_REMOVED {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            delete(stage.file("status"));
            stage.exit(stage.command(), 0);
            stage.exit(application, 0);
        }
    },
    /** Both 0: it is locked anew within seconds. */
    LOCK_REMOVED {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            delete(stage.file("lock"));
            stage.exit(stage.command(), 0);
            stage.exit(application, 0);
        }
    },
    /** Command 5 while there is no directory, 0 as soon as there is one. */
    DIRECTORY_REMOVED {
        @Override
        void play(Stage stage) {
            Child application = stage.application();
            List.of("lock", "status").forEach(ending -> delete(stage.file(ending)));
            delete(stage.directory());
            stage.exit(stage.command(), 5);
            Stage.run("mkdir", "-m", "700", stage.directory().toString());
            stage.exit(stage.command(), 0);
            stage.exit(application, 0);
        }
    },
    /** The application has nowhere to answer: it ends with 0, the command with 4. */
    DIRECTORY_REMOVED_DURING_THE_STOP {
        @Override
        void play(Stage stage) {
            Path go = stage.directory().resolveSibling("go");
            Child application = stage.application("--step=slow:until-" + go);
            Child command = stage.command();
            application.awaitLine("step slow");
            // In one step: the application goes on writing there.
            Path gone = stage.directory().resolveSibling("gone");
            Stage.run("mv", stage.directory().toString(), gone.toString());
            Stage.run("rm", "-r", gone.toString());
            touch(go);
            stage.exit(application, 0);
            stage.exit(command, 4);
            Stage.run("mkdir", "-m", "700", stage.directory().toString());
            delete(go);
        }
    },
    /** What others have left neither stops the application at birth nor is believed: both 0. */
    STALE_FILES {
        @Override
        void play(Stage stage) throws IOException {
            List<String> requests = List.of(
                    "", "stop4j 1 request\nid=dead\n", "stop4j 1 request\nid=d\ninstance=x\n", "?");
            List<String> answers = List.of(
                    "", "stop4j 1 stopped\nrequests=dead,legacy\noutcome=CLEAN\n", "\u0000\u0001");
            stage.leave("stop", requests.get(stage.random().nextInt(requests.size())));
            stage.leave("stopped", answers.get(stage.random().nextInt(answers.size())));
            stage.leave("status", "stop4j 1 status\nrequests=dead\nstate=STOPPED\n");
            stage.leave("ack", "stop4j 1 ack\nid=dead\n");
            stage.leave("lock", "");
            stage.leave("dead.tmp", "half a req");
            Child application = stage.application();
            stage.exit(stage.command(), 0);
            stage.exit(application, 0);
        }
    },
    /** A free lock and nobody: command 4. */
    NOBODY_THERE {
        @Override
        void play(Stage stage) throws IOException {
            stage.leave("lock", "");
            stage.leave("stopped", "");
            stage.exit(stage.command(), 4);
            stage.stopOnceMoreIfSomethingIsLeft();
        }
    };

    /** Starts, injects, and sees that the exit codes are right. */
    abstract void play(Stage stage) throws IOException;

    private static void touch(Path file) {
        Stage.run("touch", file.toString());
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
