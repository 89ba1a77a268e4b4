package org.bbans.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bbans.codec.engine.Engines;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Table;
import org.bbans.model.spec.Activation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The networks' inner loops: time for a call. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBench {

    /** A dense layer. */
    @State(Scope.Thread)
    public static class Layer {
        /** Lanes x inputs x outputs. */
        @Param({"64x784x256", "128x784x200", "64x784x512", "64x320x64", "64x124x96", "16x64x64", "64x64x16"})
        public String shape;
        float[][] out;
        Runnable dense;

        /** Packs the layer; its outputs are checked. */
        @Setup(Level.Trial)
        public void create() {
            final DenseCase c = new DenseCase(shape);
            out = c.output();
            dense = c.on(Engines.preferred(), out);
        }
    }

    /** What turns a head's outputs into logits, and the activation. */
    @State(Scope.Thread)
    public static class Head {
        static final int LANES = 64;
        static final int UNITS = 64;
        static final int RANK = 16;
        static final int LEVELS = 256;
        Kernels kernels;
        Table table;
        float[][] rows;
        float[][] activations;
        float[] logits;

        /** Draws a table and inputs; the logits are checked. */
        @Setup(Level.Trial)
        public void create() {
            final Random random = new Random(1);
            kernels = Kernels.of(Engines.preferred());
            final float[] weights = new float[RANK * LEVELS];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) random.nextGaussian();
            }
            table = new Table(weights, new float[LEVELS], RANK, LEVELS);
            rows = new float[RANK][LANES];
            activations = new float[UNITS][LANES];
            for (float[] row : rows) {
                fill(row, random);
            }
            logits = new float[LANES * LEVELS];
            kernels.logits(table, rows, 0, LANES, logits);
            for (int i = 0; i < logits.length; i++) {
                double expected = 0;
                for (int r = 0; r < RANK; r++) {
                    expected += (double) weights[r * LEVELS + i % LEVELS] * rows[r][i / LEVELS];
                }
                if (!(Math.abs(logits[i] - expected) < 1e-4)) {
                    throw new IllegalStateException("logit " + i + " is " + logits[i] + ", not " + expected);
                }
            }
        }

        /** New numbers: the activation is in place. */
        @Setup(Level.Iteration)
        public void refill() {
            final Random random = new Random(2);
            for (float[] row : activations) {
                fill(row, random);
            }
        }

        private static void fill(float[] row, Random random) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public float[][] denseScalar(Layer s) {
        s.dense.run();
        return s.out;
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public float[][] denseVector(Layer s) {
        s.dense.run();
        return s.out;
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public float[] logitsScalar(Head s) {
        s.kernels.logits(s.table, s.rows, 0, Head.LANES, s.logits);
        return s.logits;
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public float[] logitsVector(Head s) {
        s.kernels.logits(s.table, s.rows, 0, Head.LANES, s.logits);
        return s.logits;
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public float[][] eluScalar(Head s) {
        s.kernels.activate(Activation.ELU, s.activations, Head.UNITS, Head.LANES);
        return s.activations;
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public float[][] eluVector(Head s) {
        s.kernels.activate(Activation.ELU, s.activations, Head.UNITS, Head.LANES);
        return s.activations;
    }
}
