package org.bbans.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.bbans.bench.coder.AdaptiveCore;
import org.bbans.bench.coder.Coder;
import org.bbans.bench.coder.DistributionCoder;
import org.bbans.bench.coder.NaiveCoder;
import org.bbans.bench.coder.RoundTrip;
import org.bbans.bench.coder.Rows;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

/** Builds the rows of the table. Everything that is built has been checked to decode what it encodes. */
final class Comparisons {

    private static final int HEADS = 32;
    private static final int FEW_HEADS = 4;
    private static final int CORE_ROWS = 1 << 14;
    private static final int CORE_REPETITIONS = 16;
    private static final int ROWS = 4096;
    /** Of logits: one row is a kilobyte. */
    private static final int CATEGORICAL_ROWS = 1024;
    /** Enough for xz: its time for a few hundred kilobytes is that of clearing its tables. */
    private static final int RECORDS = 2000;
    private static final int SCALAR_RECORDS = 64;
    private static final int SEED = 1;

    private final Consumer<String> notes;
    private final Engine best = Engines.vectorAvailable() ? Engine.VECTOR : Engine.SCALAR;
    private final List<Comparison> rows = new ArrayList<>();

    private Comparisons(Consumer<String> notes) {
        this.notes = notes;
    }

    /** What belongs together. */
    enum Group {
        /** The stack alone: the vector engine with many heads against the scalar one with few. */
        CORE,
        /** Distributions against naive ones. */
        NAIVE,
        /** Stack, distributions, kernels and blocks of images on the vector engine against the scalar one. */
        ENGINES,
        /** The dense kernel against ND4J's matrix product, and a convolution by it against ND4J's. */
        GEMM,
        /** Whole blocks of images against general compressors. */
        MNIST
    }

    /**
     * The rows of some groups, as far as they can be had in this process.
     *
     * @param notes receives a line for what cannot be had, and the rates behind times
     */
    static List<Comparison> of(Set<Group> groups, Consumer<String> notes) {
        final Comparisons c = new Comparisons(notes);
        if (c.best == Engine.SCALAR) {
            notes.accept("no rows that compare engines: " + Engines.describe());
        }
        for (Group group : groups) {
            switch (group) {
                case CORE -> c.core();
                case NAIVE -> c.naivePeers();
                case ENGINES -> {
                    c.stacks();
                    c.distributions();
                    c.kernels();
                    c.pipelines();
                }
                case GEMM -> c.gemm();
                case MNIST -> c.pipeline();
                default -> throw new AssertionError(group);
            }
        }
        return c.rows;
    }

    private void core() {
        if (!AnsStack.hasVectorLoops()) {
            notes.accept("no rows for the stack's engines: on this JVM it has one");
            return;
        }
        final Rows rows = Rows.named("mixture", CORE_ROWS, SEED);
        final int[] x = rows.draw(SEED);
        both("adaptive core", core(rows, x, Engine.VECTOR, HEADS), "vector, " + HEADS + " heads",
                core(rows, x, Engine.SCALAR, FEW_HEADS), "scalar, " + FEW_HEADS + " heads", 4, 3);
    }

    /** The stack alone on the vector engine against the scalar one, with equal numbers of heads. */
    private void stacks() {
        if (!AnsStack.hasVectorLoops()) {
            return;
        }
        final Rows rows = Rows.named("mixture", CORE_ROWS, SEED);
        final int[] x = rows.draw(SEED);
        both("engines, stack", core(rows, x, Engine.VECTOR, HEADS), "vector", core(rows, x, Engine.SCALAR, HEADS),
                "scalar", Double.NaN, Double.NaN);
    }

    private static RoundTrip core(Rows rows, int[] x, Engine engine, int heads) {
        return new RoundTrip(new AdaptiveCore(rows, x, engine, heads, CORE_REPETITIONS), x);
    }

    private void naivePeers() {
        final Rows.GaussianRows gaussian = Rows.GaussianRows.random(ROWS, SEED);
        naive("Gaussian buckets", gaussian, new NaiveCoder.Gaussian(gaussian, NaiveCoder.Gaussian.Phi.STRICT_MATH),
                "StrictMath erfc, binary search", OptionalDouble.of(150));
        naive("Gaussian buckets", gaussian, new NaiveCoder.Gaussian(gaussian, NaiveCoder.Gaussian.Phi.EXACT),
                "own phi, binary search", OptionalDouble.empty());
        final Rows.MixtureRows mixture = Rows.MixtureRows.random(ROWS, SEED);
        naive("logistic mixture K=10", mixture, new NaiveCoder.Mixture(mixture), "StrictMath", OptionalDouble.of(35));
        final Rows.CategoricalRows logits = Rows.CategoricalRows.random(CATEGORICAL_ROWS, SEED);
        naive("categorical, 256 levels", logits, new NaiveCoder.Softmax(logits), "StrictMath softmax",
                OptionalDouble.of(20));
    }

    private void naive(String measure, Rows rows, Coder naive, String name, OptionalDouble goal) {
        final int[] x = rows.draw(SEED);
        final RoundTrip ours = new RoundTrip(new DistributionCoder(rows, best, HEADS, 1), x);
        final RoundTrip peer = new RoundTrip(naive, x);
        add(measure + " pop", "ns/symbol", Task.pop(engineName(best), ours), Task.pop(name, peer), goal);
    }

    /** Distributions on the vector engine against the scalar one, with equal numbers of heads. */
    private void distributions() {
        if (best == Engine.SCALAR) {
            return;
        }
        for (String name : List.of("bernoulli", "gaussian", "mixture", "categorical")) {
            if (name.equals("gaussian") && !GaussianBuckets.hasVectorLoops()) {
                continue;
            }
            final Rows rows = Rows.named(name, CATEGORICAL_ROWS, SEED);
            final int[] x = rows.draw(SEED);
            final RoundTrip vector = new RoundTrip(new DistributionCoder(rows, Engine.VECTOR, HEADS, 4), x);
            final RoundTrip scalar = new RoundTrip(new DistributionCoder(rows, Engine.SCALAR, HEADS, 4), x);
            both("engines, " + name, vector, "vector", scalar, "scalar", Double.NaN, Double.NaN);
        }
    }

    private void kernels() {
        if (best == Engine.SCALAR) {
            return;
        }
        for (String shape : List.of("64x784x256", "128x784x200", "64x320x64", "64x124x96", "16x64x64", "64x64x16")) {
            final DenseCase c = new DenseCase(shape);
            add("engines, dense " + shape, "ns/call", Task.of("vector", 1, c.on(Engine.VECTOR, c.output())),
                    Task.of("scalar", 1, c.on(Engine.SCALAR, c.output())), OptionalDouble.empty());
        }
    }

    /** Whole blocks: what one part of the code may do to another's vectors. */
    private void pipelines() {
        if (best == Engine.SCALAR) {
            return;
        }
        for (String model : BenchModels.digits()) {
            final Pipeline vector = new Pipeline(model, SCALAR_RECORDS, Engine.VECTOR);
            final Pipeline scalar = new Pipeline(model, SCALAR_RECORDS, Engine.SCALAR);
            final int bytes = scalar.samples().length;
            add("engines, compress " + model, "ns/byte", Task.of("vector", bytes, vector::encode),
                    Task.of("scalar", bytes, scalar::encode), OptionalDouble.empty());
            add("engines, decompress " + model, "ns/byte", Task.of("vector", bytes, vector::decode),
                    Task.of("scalar", bytes, scalar::decode), OptionalDouble.empty());
        }
    }

    private void gemm() {
        // Only one thread's time is counted, so ND4J must not have others.
        if (!Nd4jPeer.available() || !"1".equals(System.getenv("OMP_NUM_THREADS"))) {
            notes.accept("no rows for ND4J: it is not on the class path (profile nd4j), or OMP_NUM_THREADS is not 1");
            return;
        }
        for (String shape : List.of("128x784x200", "64x784x512")) {
            final DenseCase c = new DenseCase(shape);
            add("dense against gemm, " + shape, "ns/call", Task.of(engineName(best), 1, c.on(best, c.output())),
                    Task.of("ND4J, 1 thread", 1, Nd4jPeer.gemm(c)), OptionalDouble.of(1.2));
        }
        final ConvolutionCase c = new ConvolutionCase();
        add("convolution 3x3 32->32", "ns/call", Task.of(engineName(best), 1, c.on(best)),
                Task.of("ND4J oneDNN, 1 thread", 1, Nd4jPeer.convolution(c)), OptionalDouble.of(0.9));
    }

    private void pipeline() {
        final byte[] data = Images.mnist(RECORDS);
        final Map<Packer, Task> compress = new EnumMap<>(Packer.class);
        final Map<Packer, Task> decompress = new EnumMap<>(Packer.class);
        for (Packer packer : Packer.values()) {
            final byte[] packed = packer.checked(data);
            compress.put(packer, Task.of(packer + " -9 compress", data.length, () -> packer.compress(data)));
            decompress.put(packer, Task.of(packer + " -9 decompress", data.length, () -> packer.decompress(packed)));
            notes.accept(String.format(Locale.ROOT, "MNIST, %d images: %s -9 %.3f bits/dim", RECORDS, packer,
                    8.0 * packed.length / data.length));
        }
        for (String model : BenchModels.digits()) {
            final Pipeline ours = new Pipeline(model, RECORDS, best);
            notes.accept(String.format(Locale.ROOT, "MNIST, %d images: model %s %.3f bits/dim", RECORDS, model,
                    ours.bitsPerDim()));
            final Task encode = Task.of("model " + model, data.length, ours::encode);
            final Task decode = Task.of("model " + model, data.length, ours::decode);
            add("MNIST compress", "ns/byte", encode, compress.get(Packer.XZ), OptionalDouble.empty());
            add("MNIST decompress", "ns/byte", decode, compress.get(Packer.XZ),
                    model.equals(BenchModels.DEFAULT) ? OptionalDouble.of(3) : OptionalDouble.empty());
            add("MNIST decompress", "ns/byte", decode, decompress.get(Packer.XZ), OptionalDouble.empty());
            add("MNIST compress", "ns/byte", encode, compress.get(Packer.BZIP2), OptionalDouble.empty());
            add("MNIST decompress", "ns/byte", decode, decompress.get(Packer.BZIP2), OptionalDouble.empty());
        }
    }

    private void both(String measure, RoundTrip ours, String name, RoundTrip peer, String peerName, double pushGoal,
            double popGoal) {
        add(measure + " push", "ns/symbol", Task.push(name, ours), Task.push(peerName, peer), goal(pushGoal));
        add(measure + " pop", "ns/symbol", Task.pop(name, ours), Task.pop(peerName, peer), goal(popGoal));
    }

    private void add(String measure, String unit, Task ours, Task peer, OptionalDouble goal) {
        rows.add(new Comparison(measure, unit, ours, peer, goal));
    }

    private static OptionalDouble goal(double goal) {
        return Double.isNaN(goal) ? OptionalDouble.empty() : OptionalDouble.of(goal);
    }

    private static String engineName(Engine engine) {
        return engine.name().toLowerCase(Locale.ROOT);
    }
}
