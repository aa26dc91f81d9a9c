package org.stop4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The published modules, as their class files are. */
final class Modules {
    static final String CORE = "org.stop4j";
    static final String GRPC = "org.stop4j.grpc";
    static final String HTTP = "org.stop4j.http";
    static final String CLI = "org.stop4j.cli";
    static final String CHECK = "org.stop4j.check";
    static final String NETTY = "org.stop4j.netty";
    static final String SERVLET = "org.stop4j.servlet";
    static final String TESTING = "org.stop4j.testing";
    static final String KAFKA = "org.stop4j.kafka";
    static final String SPRING = "org.stop4j.spring";

    /** Every published module and the packages that it exports to everybody. */
    static final Map<String, Set<String>> EXPORTS = Map.of(
            CORE, Set.of("org.stop4j", "org.stop4j.spi"),
            GRPC, Set.of("org.stop4j.grpc"),
            HTTP, Set.of("org.stop4j.http"),
            CLI, Set.of("org.stop4j.cli"),
            CHECK, Set.of("org.stop4j.check"),
            SERVLET, Set.of("org.stop4j.servlet"),
            NETTY, Set.of("org.stop4j.netty"),
            TESTING, Set.of("org.stop4j.testing"),
            KAFKA, Set.of("org.stop4j.kafka"),
            SPRING, Set.of("org.stop4j.spring"));

    /**
     * Those that have only a name in their manifest: Kafka's jar, which it needs, has no module name; and Spring's are
     * automatic modules themselves.
     */
    static final Set<String> AUTOMATIC = Set.of(KAFKA, SPRING);

    /** One class of each, to find its files by. */
    private static final Map<String, String> DOORS = Map.of(
            CORE,
            "org.stop4j.Stop",
            GRPC,
            "org.stop4j.grpc.GrpcStop",
            HTTP,
            "org.stop4j.http.StopServer",
            CLI,
            "org.stop4j.cli.Main",
            CHECK,
            "org.stop4j.check.Main",
            NETTY,
            "org.stop4j.netty.NettyStop",
            SERVLET,
            "org.stop4j.servlet.StopFilter",
            TESTING,
            "org.stop4j.testing.VirtualTime",
            KAFKA,
            "org.stop4j.kafka.ConsumerLoop",
            SPRING,
            "org.stop4j.spring.StopAutoConfiguration");

    private Modules() {}

    /** The packages that a published module exports to everybody, as it should be. */
    static Set<String> exportsOf(String module) {
        return Objects.requireNonNull(EXPORTS.get(module), module);
    }

    /** The main classes of all published modules. */
    static JavaClasses classes() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.stop4j");
    }

    /** Which of the published modules a class is in. */
    static String of(JavaClass type) {
        String name = type.getPackageName();
        if (isIn(name, GRPC)) {
            return GRPC;
        }
        if (isIn(name, HTTP)) {
            return HTTP;
        }
        if (isIn(name, NETTY)) {
            return NETTY;
        }
        if (isIn(name, SERVLET)) {
            return SERVLET;
        }
        if (isIn(name, TESTING)) {
            return TESTING;
        }
        if (isIn(name, KAFKA)) {
            return KAFKA;
        }
        if (isIn(name, SPRING)) {
            return SPRING;
        }
        if (isIn(name, CHECK)) {
            return CHECK;
        }
        return isIn(name, CLI) ? CLI : CORE;
    }

    private static boolean isIn(String name, String root) {
        return name.equals(root) || name.startsWith(root + ".");
    }

    /** The module's descriptor; fails if it has none of its own, but for {@link #AUTOMATIC}. */
    static ModuleDescriptor descriptor(String module) {
        Path files;
        try {
            // Only where it is: what it knows need not be on the class path.
            Class<?> door = Class.forName(
                    Objects.requireNonNull(DOORS.get(module), module),
                    false,
                    Modules.class.getClassLoader());
            files = Path.of(
                    door.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (ReflectiveOperationException | URISyntaxException e) {
            throw new AssertionError("no module " + module + " on the class path", e);
        }
        ModuleDescriptor descriptor = ModuleFinder.of(files)
                .find(module)
                .orElseThrow(() -> new AssertionError("no module " + module + " in " + files))
                .descriptor();
        if (descriptor.isAutomatic() && !AUTOMATIC.contains(module)) {
            throw new AssertionError("no module-info in " + files);
        }
        return descriptor;
    }

    /** The packages that a module of the JDK exports to everybody. */
    static Set<String> exportedBy(String systemModule) {
        return exported(ModuleFinder.ofSystem()
                .find(systemModule)
                .orElseThrow(() -> new AssertionError("no " + systemModule))
                .descriptor());
    }

    /** The packages that a module exports to everybody. */
    static Set<String> exported(ModuleDescriptor descriptor) {
        return descriptor.exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a class file mentions a name, in its constants or as a type. */
    static boolean mentions(Class<?> type, String text) {
        return mentions(type.getClassLoader(), type.getName(), text);
    }

    static boolean mentions(JavaClass type, String text) {
        return mentions(Modules.class.getClassLoader(), type.getName(), text);
    }

    private static boolean mentions(ClassLoader loader, String className, String text) {
        String file = className.replace('.', '/') + ".class";
        try (InputStream in = loader.getResourceAsStream(file)) {
            if (in == null) {
                throw new AssertionError("no " + file + " on the class path");
            }
            // ISO-8859-1 keeps every byte as it is; what is looked for is ASCII.
            String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            return content.contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
