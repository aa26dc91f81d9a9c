package org.stop4j.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.module.ModuleDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who may know whom, and what nobody may do. Each exception stands beside its rule with its reason. */
class ArchitectureTest {
    private static final JavaClasses ALL = Modules.classes();

    // ---- who knows whom

    @Test
    void coreKnowsNothingButJavaBase() {
        // jdk.unsupported is reached by reflection; see sunMiscIsNamedOnlyWhereSignalsAreTaken.
        mayKnow(Modules.CORE, allOf(Modules.CORE));
    }

    @Test
    void httpKnowsTheExportedPackagesOfCoreAndTheServerOfTheJdk() {
        Set<String> server = Modules.exportedBy("jdk.httpserver");
        mayKnow(
                Modules.HTTP,
                allOf(Modules.HTTP).or(exportedByCore()).or(in(server).as("jdk.httpserver")));
    }

    @Test
    void grpcKnowsTheExportedPackagesOfCoreAndGrpc() {
        DescribedPredicate<JavaClass> grpc = resideInAPackage("io.grpc");
        DescribedPredicate<JavaClass> known =
                allOf(Modules.GRPC).or(exportedByCore()).or(grpc);
        // Each in one class, so that whoever does without it needs none of its jars.
        mayKnow(
                Modules.GRPC,
                known.or(resideInAPackage("io.grpc.netty.shaded.."))
                        .or(resideInAPackage("io.grpc.protobuf.services"))
                        .or(resideInAPackage("io.grpc.health.v1")));
        classes()
                .that(allOf(Modules.GRPC))
                .and()
                .haveNameNotMatching("org\\.stop4j\\.grpc\\.(GrpcHealth|NettyLoops)(\\$.*)?")
                .should()
                .onlyDependOnClassesThat(describe(
                        "of no more than grpc-api",
                        type -> !type.getPackageName().startsWith("io.grpc.")))
                .check(ALL);
    }

    @Test
    void nettyKnowsTheExportedPackagesOfCoreAndNetty() {
        mayKnow(
                Modules.NETTY,
                allOf(Modules.NETTY).or(exportedByCore()).or(resideInAPackage("io.netty..")));
    }

    @Test
    void servletKnowsTheExportedPackagesOfCoreTheServletApiAndEachContainerByItsOwnClasses() {
        DescribedPredicate<JavaClass> known =
                allOf(Modules.SERVLET).or(exportedByCore()).or(below("jakarta.servlet"));
        DescribedPredicate<JavaClass> containers =
                below("org.apache").or(below("org.eclipse.jetty")).or(below("io.undertow"));
        mayKnow(Modules.SERVLET, known.or(containers));
        // In classes of its own, so that these are loaded only where it is.
        onlyIn("Tomcat", "org.apache");
        onlyIn("Jetty", "org.eclipse.jetty");
        onlyIn("Undertow", "io.undertow");
    }

    private static void onlyIn(String name, String container) {
        classes()
                .that(allOf(Modules.SERVLET))
                .and(describe(
                        "not " + name + "...",
                        type -> !type.getName().startsWith("org.stop4j.servlet." + name)))
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.not(below(container)))
                .check(ALL);
    }

    private static DescribedPredicate<JavaClass> below(String name) {
        return describe(
                "below " + name,
                type -> type.getBaseComponentType().getPackageName().startsWith(name));
    }

    @Test
    void theCommandKnowsOnlyTheExportedPackagesOfCore() {
        mayKnow(Modules.CLI, allOf(Modules.CLI).or(exportedByCore()));
    }

    @Test
    void theCheckKnowsItsYamlParserAndNothingOfTheOthers() {
        mayKnow(Modules.CHECK, allOf(Modules.CHECK).or(below("org.snakeyaml.engine.v2")));
    }

    @Test
    void kafkaKnowsTheExportedPackagesOfCoreAndTheClientOfKafka() {
        // Not its internals, which change with any version.
        DescribedPredicate<JavaClass> client = describe(
                "of Kafka's client",
                type -> type.getPackageName().startsWith("org.apache.kafka.")
                        && !type.getPackageName().contains(".internals"));
        mayKnow(Modules.KAFKA, allOf(Modules.KAFKA).or(exportedByCore()).or(client));
    }

    @Test
    void springKnowsTheExportedPackagesOfCoreServletAndHttpAndWhatIsBroughtBySpring() {
        DescribedPredicate<JavaClass> adapters =
                in(Modules.exportsOf(Modules.SERVLET)).or(in(Modules.exportsOf(Modules.HTTP)));
        DescribedPredicate<JavaClass> spring = below("org.springframework")
                .or(below("jakarta.servlet"))
                .or(below("io.micrometer"))
                .or(below("io.opentelemetry"))
                // Spring's own, to log and to call around methods; whoever has Spring has them.
                .or(below("org.apache.commons.logging"))
                .or(below("org.aopalliance.intercept"))
                .or(below("reactor.core"))
                // And what Reactor Netty is made of, for GOAWAY.
                .or(below("reactor.netty"))
                .or(below("io.netty"))
                .or(below("org.reactivestreams"));
        mayKnow(
                Modules.SPRING,
                allOf(Modules.SPRING).or(exportedByCore()).or(adapters).or(spring));
        // Its web servers have moved from line to line: they are known by their names.
        classes()
                .that(allOf(Modules.SPRING))
                .should()
                .onlyDependOnClassesThat(describe(
                        "of what all lines of Boot have in the same place",
                        type -> !type.getPackageName().startsWith("org.springframework.boot.web.")
                                || type.getPackageName()
                                        .equals("org.springframework.boot.web.servlet")))
                .check(ALL);
    }

    @Test
    void testingKnowsTheExportedPackagesOfCoreAndItsExtensionAndContractsAlsoJUnit() {
        DescribedPredicate<JavaClass> junit = resideInAPackage("org.junit.jupiter.api..");
        DescribedPredicate<JavaClass> logging = resideInAPackage("java.util.logging");
        mayKnow(
                Modules.TESTING,
                allOf(Modules.TESTING).or(exportedByCore()).or(junit).or(logging));
        // Named one by one, so that whoever tests without JUnit never loads them. The contracts are
        // test classes, which their users extend; they look at what is logged.
        Set<String> ofJUnit = Set.of(
                "StopExtension", "ServerContract", "HttpServerContract", "Life", "ContractLog");
        classes()
                .that(allOf(Modules.TESTING))
                .and(describe("not named above", type -> !ofJUnit.contains(outermost(type))))
                .should()
                .onlyDependOnClassesThat(describe(
                        "neither of JUnit nor of java.util.logging",
                        type -> !type.getName().startsWith("org.junit")
                                && !type.getName().startsWith("java.util.logging")))
                .check(ALL);
    }

    private static String outermost(JavaClass type) {
        String name = type.getName().substring(type.getPackageName().length() + 1);
        return name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    }

    @Test
    void onlyTestsKnowTesting() {
        noClasses()
                .that(describe("not in it", type -> !Modules.of(type).equals(Modules.TESTING)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.stop4j.testing..")
                .check(ALL);
    }

    private static void mayKnow(String module, DescribedPredicate<JavaClass> known) {
        // Annotations, which no program loads: JSpecify is not there when the modules run.
        DescribedPredicate<JavaClass> jspecify = resideInAPackage("org.jspecify.annotations");
        classes()
                .that(allOf(module))
                .should()
                .onlyDependOnClassesThat(known.or(jspecify)
                        .or(in(Modules.exportedBy("java.base")).as("java.base")))
                .check(ALL);
    }

    private static DescribedPredicate<JavaClass> allOf(String module) {
        return describe("in " + module, type -> {
            JavaClass element = type.getBaseComponentType();
            return element.isPrimitive()
                    || (element.getPackageName().startsWith("org.stop4j")
                            && Modules.of(element).equals(module));
        });
    }

    private static DescribedPredicate<JavaClass> exportedByCore() {
        return in(Modules.exportsOf(Modules.CORE)).as("what org.stop4j exports");
    }

    private static DescribedPredicate<JavaClass> in(Set<String> packages) {
        return describe(
                "in one of " + packages,
                type -> packages.contains(type.getBaseComponentType().getPackageName()));
    }

    @Test
    void packagesDoNotKnowEachOtherInCircles() {
        SlicesRuleDefinition.slices()
                .assignedFrom(new ByPackage())
                .should()
                .beFreeOfCycles()
                .check(ALL);
    }

    /**
     * A package is a slice; but {@code org.stop4j} and {@code org.stop4j.spi} are one: a stop takes triggers
     * and a trigger asks a stop. They are two packages so that users need not look at what only authors of
     * triggers implement.
     */
    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return SliceIdentifier.of(name.equals("org.stop4j.spi") ? "org.stop4j" : name);
        }

        @Override
        public String getDescription() {
            return "packages, org.stop4j and its spi as one";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"util", "utils", "common", "impl", "helper", "helpers", "manager"})
    void noPackageIsNamedAfterNothing(String name) {
        noClasses().should().resideInAPackage(".." + name + "..").check(ALL);
    }

    // ---- modules

    static Set<String> publishedModules() {
        Set<String> published = new TreeSet<>(Modules.EXPORTS.keySet());
        published.removeAll(Modules.AUTOMATIC);
        return published;
    }

    @ParameterizedTest
    @MethodSource("publishedModules")
    void aPublishedModuleExportsItsDoorsAndNothingElse(String module) {
        ModuleDescriptor descriptor = Modules.descriptor(module);
        assertThat(Modules.exported(descriptor))
                .containsExactlyInAnyOrderElementsOf(Modules.exportsOf(module));
        assertThat(descriptor.isOpen()).isFalse();
        assertThat(descriptor.opens()).isEmpty();
    }

    @Test
    void everyPackageIsInAPublishedModuleThatTheseTestsKnow() {
        assertThat(ALL.stream().map(Modules::of).collect(Collectors.toSet()))
                .isEqualTo(Modules.EXPORTS.keySet());
        for (JavaClass type : ALL) {
            assertThat(Modules.descriptor(Modules.of(type)).packages())
                    .contains(type.getPackageName());
        }
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> names = ALL.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertThat(names).hasSizeGreaterThan(5);
        for (String name : names) {
            JavaPackage one = ALL.getPackage(name);
            assertThat(one.tryGetPackageInfo()
                            .map(info ->
                                    info.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                            .orElse(false))
                    .as("package %s has a package-info with @NullMarked", name)
                    .isTrue();
        }
    }

    @Test
    void noSignatureOfAnExportedPackageNamesAnInternalType() {
        Set<String> exported =
                Modules.EXPORTS.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        List<Signature> signatures = ALL.stream()
                .filter(type -> exported.contains(type.getPackageName()))
                .flatMap(Signature::ofAllMembers)
                .toList();
        assertThat(signatures).hasSizeGreaterThan(100);
        assertThat(signatures).filteredOn(Signature::namesInternalType).isEmpty();
    }

    // ---- what nobody may do

    @Test
    void sunMiscIsNamedOnlyWhereSignalsAreTaken() {
        // Searched in the constants: it is reached by reflection, so no dependency shows it.
        for (String name : List.of("sun.misc", "sun/misc", "jdk.internal", "jdk/internal")) {
            assertThat(ALL.stream()
                            .filter(type -> Modules.mentions(type, name))
                            // It tells a native image what the one place will look for.
                            .filter(type ->
                                    !type.getName().equals("org.stop4j.spring.StopRuntimeHints")))
                    .as("classes that mention %s", name)
                    .allMatch(type -> type.getPackageName().equals("org.stop4j.internal.signal"));
        }
        assertThat(ALL.stream().filter(type -> Modules.mentions(type, "sun.misc")))
                .as("the one place, which shows that the search finds something")
                .isNotEmpty();
    }

    @Test
    void theMonotonicClockIsReadInOnePlace() {
        // Ticker.system(): everything else gets a Ticker, so that tests can run in virtual time.
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.stop4j.internal.Ticker$SystemTicker")
                .should()
                .callMethod(System.class, "nanoTime")
                .check(ALL);
        assertThat(
                        ALL
                                .get("org.stop4j.internal.Ticker$SystemTicker")
                                .getMethodCallsFromSelf()
                                .stream()
                                .map(call -> call.getTarget().getName()))
                .contains("nanoTime");
    }

    @Test
    void nobodySleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(ALL);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .check(ALL);
    }

    @Test
    void onlyTheCommandsWriteToTheStandardStreams() {
        // A command's results and words are its product; a library has a log.
        noClasses()
                .that()
                .resideOutsideOfPackages("org.stop4j.cli", "org.stop4j.check")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(ALL);
    }

    @Test
    void theLogIsSystemLoggerAlone() {
        // But the contracts of adapters read, in tests, what anybody logs: see above.
        noClasses()
                .that(describe("not in testing", type -> !Modules.of(type).equals(Modules.TESTING)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(ALL);
    }

    // ---- the command starts fast

    /** What the command may load: all that can be reached from its main class. */
    private static Set<JavaClass> classesOfTheCommand() {
        Set<JavaClass> reached = new HashSet<>();
        reach(ALL.get("org.stop4j.cli.Main"), reached);
        return reached;
    }

    private static void reach(JavaClass type, Set<JavaClass> reached) {
        if (type.getPackageName().startsWith("org.stop4j") && reached.add(type)) {
            type.getDirectDependenciesFromSelf()
                    .forEach(to -> reach(to.getTargetClass().getBaseComponentType(), reached));
        }
    }

    @Test
    void theCommandReachesItsEndOfTheProtocolAndNotTheApplications() {
        assertThat(classesOfTheCommand())
                .extracting(JavaClass::getSimpleName)
                .contains("Options", "StopClient", "CommandEnd", "ControlFiles", "FileFacts")
                .doesNotContain(
                        "Stop",
                        "ApplicationEnd",
                        "Intake",
                        "Home",
                        "DirectoryWatch",
                        "Log",
                        "SignalHook");
    }

    @Test
    void theCommandLinksNoCallSiteAtRunTime() {
        // 4 to 7 ms for the first lambda, of a start of 80. Not searched for: ObjectMethods, by
        // which
        // records have equals, hashCode and toString; they are linked when called, and nobody calls
        // them.
        for (String linker :
                List.of("LambdaMetafactory", "StringConcatFactory", "SwitchBootstraps")) {
            assertThat(classesOfTheCommand())
                    .as("classes that need %s", linker)
                    .filteredOn(type -> Modules.mentions(type, linker))
                    .isEmpty();
        }
        assertThat(Modules.mentions(ArchitectureTest.class, "LambdaMetafactory"))
                .as("this class has lambdas, which shows that the search finds them")
                .isTrue();
    }

    @Test
    void theCommandUsesNothingThatIsSlowToStart() {
        // Measured: System.Logger 75 ms, sockets 15, the first stream or regular expression 5 to
        // 10, a
        // set of enums (found by reflection) 3.
        // In the constants, since a call of System.getLogger is no dependency on System.Logger by
        // itself.
        List<String> slow = List.of(
                "java/lang/System$Logger",
                "java/lang/ProcessBuilder",
                "java/net/",
                "java/util/EnumMap",
                "java/util/EnumSet",
                "java/util/regex/",
                "java/util/stream/");
        for (String name : slow) {
            assertThat(classesOfTheCommand())
                    .as("classes that use %s", name)
                    // Reads the jar's manifest, for --version alone.
                    .filteredOn(type -> !type.getSimpleName().equals("Commit"))
                    .filteredOn(type -> Modules.mentions(type, name))
                    .isEmpty();
        }
        assertThat(Modules.mentions(ALL.get("org.stop4j.Log"), "java/lang/System$Logger"))
                .as("the class that logs, which shows that the search finds it")
                .isTrue();
    }
}
