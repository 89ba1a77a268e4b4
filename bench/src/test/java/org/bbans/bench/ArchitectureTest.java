package org.bbans.bench;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bbans.cli.Main;
import org.bbans.codec.engine.Engine;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Who may know whom, over the product code of all modules. */
class ArchitectureTest {

    private static final String ROOT = "org.bbans.";

    /**
     * The rooms, that is packages without {@code org.bbans}, and the rooms that each may know: a line's rooms stand
     * above it, but for {@code x..}, which are x and all below x.
     */
    private static final Map<String, Set<String>> ARROWS = table("""
        codec.engine:
        codec.math:         codec.engine
        codec.ans:          codec.engine
        codec:              codec.ans
        codec.distribution: codec codec.ans codec.engine codec.math
        codec.format:
        codec.wire:         codec.format
        codec.set:          codec.ans codec.format codec.wire
        codec.io:           codec.format
        codec.block:        codec.format codec.io codec.set codec.wire
        codec.content.deflate: codec.format codec.wire
        codec.content.gzip: codec.content.deflate codec.format codec.io
        codec.content.png:  codec.content.deflate codec.format codec.io codec.wire
        codec.content.tar:  codec.format codec.io codec.wire
        codec.content.tiff: codec.block codec.content.deflate codec.format codec.io codec.wire
        codec.content.number: codec.block codec.format codec.io codec.wire
        codec.content:      codec.content.gzip codec.content.number codec.content.png codec.content.tar \
                            codec.content.tiff codec.format codec.io
        codec.content.anatomy: codec.content codec.content.tiff codec.format codec.io
        codec.archive:      codec.block codec.format codec.io codec.set codec.wire
        codec.collection:   codec.archive codec.block codec.content codec.format codec.io codec.wire
        model.spec:         codec.format
        model.file:         codec.format model.spec
        model.net:          codec.engine codec.format codec.math model.file model.spec
        model.causal:       codec codec.ans codec.distribution codec.engine codec.math model.net model.spec
        model.chain:        codec codec.ans codec.distribution codec.engine codec.format codec.set model.causal \
                            model.net
        model.latent:       codec codec.ans codec.distribution codec.engine codec.format codec.math model.causal \
                            model.chain model.file model.net model.spec
        model.path:         codec codec.ans codec.distribution codec.engine codec.format codec.math model.chain \
                            model.file model.net model.spec
        model.image:        codec codec.ans codec.engine codec.format codec.math model.file model.net model.spec
        model.train.head:   codec.engine codec.format model.file model.net model.spec
        model.train.path:   codec.math model.net model.spec model.train.head
        model.train:        codec.engine codec.format model.file model.spec model.train.head model.train.path
        model.train.image:  codec.engine codec.format codec.io model.image model.spec model.train
        model:              codec codec.ans codec.archive codec.collection codec.content codec.content.anatomy \
                            codec.distribution codec.engine codec.format codec.io codec.set model.chain model.file \
                            model.image model.latent model.path model.spec
        model.stream:       codec.archive codec.collection codec.content codec.format codec.io model
        model.filesystem:   codec.archive codec.collection codec.format codec.io model
        cli.io:             codec.archive codec.collection codec.content codec.format model model.file model.image \
                            model.spec
        cli.train:          cli.io codec.content codec.format codec.io model model.image model.spec model.train \
                            model.train.image
        cli.bench:          cli.io codec.archive codec.content codec.format codec.io model model.chain model.file \
                            model.image model.spec
        cli:                cli.bench cli.io cli.train codec.archive codec.collection codec.content codec.engine \
                            codec.format codec.io model model.chain model.file model.image model.spec model.train \
                            model.train.image
        spark:              codec.archive codec.collection codec.content codec.content.anatomy codec.format \
                            codec.io model model.image
        bench.coder:        codec.ans codec.distribution codec.engine codec.math
        bench.ground:
        bench:              bench.coder codec.. model..
        bench.latent:       bench bench.ground codec.. model..
        """);

    private static final int MOST_CLASSES = 25;

    /** All functions that differ between machines, or from what vectors of them could give. */
    private static final Set<String> INEXACT = Set.of("exp", "log", "pow", "cbrt", "hypot", "sin", "cos", "tan", "asin",
            "acos", "atan", "atan2", "sinh", "cosh", "tanh", "log10", "log1p", "expm1");
    /** What they compute is a choice of the encoder or a report, and never reaches the coder. */
    private static final Set<String> ESTIMATES = Set.of("codec.Tape", "codec.set.ColumnTable", "codec.set.Draws",
            "codec.block.MatchEstimate", "model.chain.ChainHeader", "model.chain.ChainCost", "model.chain.GroupCost",
            "model.image.ImageTrainer",
            "model.image.BitStack", "model.Elbo");

    private static final JavaClasses CLASSES = classes();

    @Test
    void roomsKnowWhatTheTableSays() {
        final Map<String, Set<String>> wrong = new TreeMap<>();
        for (JavaClass c : CLASSES) {
            final String from = room(c);
            assertThat(ARROWS.keySet()).as("the table of rooms, for %s", c.getName()).contains(from);
            for (Dependency d : c.getDirectDependenciesFromSelf()) {
                final JavaClass target = d.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT) && !allows(from, room(target))) {
                    wrong.computeIfAbsent(from + " -> " + room(target), a -> new TreeSet<>()).add(d.getDescription());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void noCycles() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTrainingKnowsNd4j() {
        noClasses().that().resideOutsideOfPackage("org.bbans.model.train..").and(notNamed("bench.Nd4jPeer"))
                .should().dependOnClassesThat().resideInAnyPackage("org.nd4j..", "org.bytedeco..").check(CLASSES);
    }

    /** Loading any other class must not need the incubator module. */
    @Test
    void onlyVectorClassesKnowTheVectorApi() {
        noClasses().that(describe("are not named Vector...", c -> !isVectorClass(c)))
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(CLASSES);
    }

    /** All the others get vector classes from {@code TwinLoader}, by their names: one choice of engine rules. */
    @Test
    void onlyTheProbeKnowsVectorClasses() {
        noClasses().that(describe("are not named Vector...", c -> !isVectorClass(c)))
                .and(notNamed("codec.engine.Engines"))
                .should().dependOnClassesThat(describe("are named Vector...", ArchitectureTest::isVectorClass))
                .check(CLASSES);
    }

    @Test
    void nothingThatCodesUsesInexactFunctions() {
        noClasses().that(code()).and(notNamed(ESTIMATES.toArray(String[]::new)))
                .should()
                .accessTargetWhere(describe("it is an inexact function", a -> INEXACT.contains(a.getTarget().getName())
                        && isOneOf(a.getTargetOwner(), Math.class, StrictMath.class)))
                .check(CLASSES);
    }

    /** The order of their sums depends on the width of vectors. */
    @Test
    void nothingThatCodesReducesVectorsOfFloats() {
        noClasses().that(code())
                .should()
                .accessTargetWhere(describe("it is a reduction of floats",
                        a -> a.getTarget().getName().startsWith("reduceLanes")
                                && Set.of("FloatVector", "DoubleVector").contains(a.getTargetOwner().getSimpleName())))
                .check(CLASSES);
    }

    /** {@code VaeGraph} prints nothing; it keeps ND4J from it. */
    @Test
    void onlyProgramsPrintAndExit() {
        noClasses().that().resideOutsideOfPackages("org.bbans.cli..", "org.bbans.bench..")
                .and(notNamed("model.train.VaeGraph"))
                .should()
                .accessTargetWhere(describe("it is a standard stream or the end of the process",
                        a -> isOneOf(a.getTargetOwner(), System.class, Runtime.class)
                                && Set.of("out", "err", "exit", "halt").contains(a.getTarget().getName())))
                .check(CLASSES);
    }

    @Test
    void packagesAreSmall() {
        final Map<String, Set<String>> packages = new TreeMap<>();
        CLASSES.stream().filter(JavaClass::isTopLevelClass).filter(c -> !c.getSimpleName().equals("package-info"))
                .forEach(c -> packages.computeIfAbsent(room(c), p -> new TreeSet<>()).add(c.getSimpleName()));
        assertThat(packages.values()).isNotEmpty()
                .allSatisfy(p -> assertThat(p).hasSizeLessThanOrEqualTo(MOST_CLASSES));
    }

    /** The compiler makes a class of every {@code package-info}. */
    @Test
    void packagesSayWhatTheyAreFor() {
        final Set<String> silent = new TreeSet<>();
        for (JavaClass c : CLASSES) {
            if (!room(c).startsWith("bench") && !CLASSES.contain(c.getPackageName() + ".package-info")) {
                silent.add(room(c));
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void noTypeHasANamesakeInAnotherPackage() {
        final Map<String, Set<String>> packages = new TreeMap<>();
        CLASSES.stream().filter(c -> !c.isAnonymousClass() && !c.getModifiers().contains(JavaModifier.PRIVATE))
                // The nested classes of benchmarks are their cases.
                .filter(c -> c.isTopLevelClass() || !room(c).startsWith("bench"))
                .filter(c -> !c.getSimpleName().equals("package-info"))
                .forEach(c -> packages.computeIfAbsent(c.getSimpleName(), n -> new TreeSet<>()).add(room(c)));
        packages.values().removeIf(p -> p.size() == 1);
        assertThat(packages).isEmpty();
    }

    private static JavaClasses classes() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        // One class of each module: searching the whole class path would take many times as long.
        return new ClassFileImporter().withImportOption(location -> !location.contains("jmh_generated"))
                .importUrls(Stream.of(Engine.class, ModelSpec.class, Main.class, Ratios.class, spark())
                        .map(c -> c.getProtectionDomain().getCodeSource().getLocation()).toList());
    }

    /** A class that is loaded without Spark. */
    private static Class<?> spark() {
        try {
            return Class.forName(ROOT + "spark.RecordRange");
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Set<String>> table(String lines) {
        final Map<String, Set<String>> table = new TreeMap<>();
        for (String line : lines.strip().split("\n")) {
            final String[] ends = line.split(":", 2);
            table.put(ends[0], Set.of(ends[1].isBlank() ? new String[0] : ends[1].strip().split(" +")));
        }
        return table;
    }

    private static boolean allows(String from, String to) {
        return from.equals(to) || ARROWS.getOrDefault(from, Set.of()).stream().anyMatch(room -> room.equals(to)
                || room.endsWith("..") && (to + ".").startsWith(room.substring(0, room.length() - 1)));
    }

    private static String room(JavaClass c) {
        return c.getPackageName().substring(ROOT.length());
    }

    /** Name of the top-level class without {@code org.bbans}. */
    private static String name(JavaClass c) {
        return c.getName().replaceFirst("\\$.*", "").substring(ROOT.length());
    }

    private static boolean isVectorClass(JavaClass c) {
        return c.getPackageName().startsWith(ROOT) && name(c).substring(room(c).length() + 1).startsWith("Vector");
    }

    private static boolean isOneOf(JavaClass c, Class<?>... types) {
        return Set.of(types).stream().anyMatch(c::isEquivalentTo);
    }

    /** The rooms whose arithmetic decides what an archive holds. */
    private static DescribedPredicate<JavaClass> code() {
        return resideInAnyPackage("org.bbans.codec..", "org.bbans.model..")
                .and(DescribedPredicate.not(resideInAnyPackage("org.bbans.model.train..")));
    }

    private static DescribedPredicate<JavaClass> notNamed(String... names) {
        return describe("are not " + String.join(", ", names), c -> !Set.of(names).contains(name(c)));
    }
}
