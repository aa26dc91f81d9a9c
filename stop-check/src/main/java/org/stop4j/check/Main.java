package org.stop4j.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code stop check}: reads Kubernetes manifests and tells what will go wrong when their pods are
 * stopped.
 *
 * <p>Findings go to standard output, words about the call and about files that cannot be read to
 * standard error. Exit codes: 0 no finding but hints, 1 findings, 2 usage, or a file that cannot be
 * read (the others are checked all the same), or no pod in any of the files.
 *
 * @since 0.1
 */
public final class Main {
    private static final int FOUND = 1;
    private static final int USAGE = 2;
    /** Less than any exit code: of one file among others it is no fault, of all of them it is. */
    private static final int NOTHING = -1;

    private static final String HELP = """
            Usage: stop check [options] FILE...
            Tells what will go wrong when the pods of these Kubernetes manifests are stopped.

              FILE                 YAML, one or more documents; - is standard input
              --app-timeout TIME   how long the application's stop may take (its Stop.Builder.timeout):
                                   30, 30s, 500ms, 2m; else 25s, the library's default
              --ignore ID,ID...    says nothing of these; the id stands at the end of a finding
              --json               one JSON object for each finding and line
              --help, -h           this text
              --version            the version

            error: something will be lost; warning: something may be lost; hint: good to know.
            Exit codes: 0 nothing but hints; 1 errors or warnings; 2 usage, a file that cannot be read, or no
            pod in any of them.

            Templates are not guessed at; check what they become:
              kubectl kustomize DIR | stop check -
              helm template CHART | stop check -
            """;

    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param arguments the command line; see {@code --help}
     */
    public static void main(String[] arguments) {
        // UTF-8 whatever the locale is: the manifests are, and parts of them are quoted.
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int code = run(System.in, out, err, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /**
     * Runs the command in this JVM.
     *
     * @param in what {@code -} reads; not closed
     * @param out where findings go
     * @param err where words for people go
     * @param arguments the command line; see {@code --help}
     * @return the exit code
     */
    public static int run(InputStream in, PrintStream out, PrintStream err, String... arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (Options.UsageException e) {
            err.println("stop check: " + Printable.line(String.valueOf(e.getMessage())));
            err.println("stop check: see stop check --help");
            return USAGE;
        }
        if (options.help()) {
            out.print(HELP);
            return 0;
        }
        if (options.version()) {
            out.println("stop check " + version());
            return 0;
        }
        int worst = NOTHING;
        for (String file : options.files()) {
            worst = Math.max(worst, check(file, options, in, out, err));
        }
        return worst == NOTHING ? USAGE : worst;
    }

    private static int check(
            String file, Options options, InputStream in, PrintStream out, PrintStream err) {
        String name = file.equals("-") ? "(standard input)" : file;
        byte[] bytes;
        try {
            bytes = read(file, in);
        } catch (IOException | InvalidPathException e) {
            err.println("stop check: " + Printable.line(name + ": " + plain(e)));
            return USAGE;
        }
        Documents.Reading reading = Documents.read(bytes);
        List<Pod> pods = new ArrayList<>();
        reading.documents().forEach(document -> pods.addAll(Pods.in(document)));
        List<Documents.Problem> problems = new ArrayList<>();
        pods.stream().filter(Pod::isTooLarge).map(Main::tooLarge).forEach(problems::add);
        int code = 0;
        for (Finding finding : findings(name, pods, options)) {
            out.println(options.json() ? finding.json() : finding.text());
            code = finding.rule().level() == Level.HINT ? code : FOUND;
        }
        if (reading.problem() != null) {
            problems.add(reading.problem());
        } else if (pods.isEmpty()) {
            err.println("stop check: " + Printable.line(name + ": no pod in it, nothing checked"));
            code = NOTHING;
        }
        for (Documents.Problem problem : problems) {
            String place = problem.line() == 0 ? "" : problem.line() + ":" + problem.column() + ":";
            err.println(
                    "stop check: " + Printable.line(name + ":" + place + " " + problem.sentence()));
        }
        return problems.isEmpty() ? code : USAGE;
    }

    private static Documents.Problem tooLarge(Pod pod) {
        Value containers = pod.spec().get("containers");
        return new Documents.Problem(
                containers.line(),
                containers.column(),
                "has a pod of more than " + Pod.MOST_CONTAINERS + " containers");
    }

    private static List<Finding> findings(String name, List<Pod> pods, Options options) {
        Findings findings = new Findings(name, options.ignored());
        for (Pod pod : pods) {
            if (pod.spec().get("containers").isTemplate()) {
                ValueRules.said(
                        findings, pod.spec().get("containers"), "what containers this pod has");
            }
            List<Container> subjects = pod.isTooLarge() ? List.of() : pod.subjects();
            for (Container container : subjects) {
                new Subject(pod, container, options.timeout(), findings).checkAll();
            }
        }
        return findings.sorted();
    }

    /** One byte more than is allowed, at most: the file may be a device. */
    private static byte[] read(String file, InputStream in) throws IOException {
        if (file.equals("-")) {
            return in.readNBytes(Documents.LARGEST + 1);
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new IOException("is a directory; allowed: a file");
        }
        try (InputStream content = Files.newInputStream(path)) {
            return content.readNBytes(Documents.LARGEST + 1);
        }
    }

    private static String plain(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return String.valueOf(e.getMessage());
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
