package org.bbans.bench;

import java.util.concurrent.TimeUnit;
import org.bbans.bench.coder.DistributionCoder;
import org.bbans.bench.coder.RoundTrip;
import org.bbans.bench.coder.Rows;
import org.bbans.codec.engine.Engines;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Distributions on a stack of 32 heads: time for a symbol, intervals and push, or search and pop. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(DistributionBench.SYMBOLS)
public class DistributionBench {

    static final int SYMBOLS = 1 << 15;
    private static final int ROWS = 1 << 10;
    private static final int HEADS = 32;

    /** A stack and what goes onto it. */
    @State(Scope.Thread)
    public abstract static class Trip {
        /** Which distribution; the mixture has ten components, the categorical 256 levels. */
        @Param({"uniform", "bernoulli", "categorical", "gaussian", "mixture"})
        public String distribution;
        RoundTrip trip;

        /** Draws symbols; a round trip is checked. */
        @Setup(Level.Trial)
        public void create() {
            final Rows rows = Rows.named(distribution, ROWS, 1);
            final int[] x = rows.draw(2);
            trip = new RoundTrip(new DistributionCoder(rows, Engines.preferred(), HEADS, SYMBOLS / ROWS), x);
        }
    }

    /** The stack before a push. */
    public static class Empty extends Trip {
        /** Pops what the last call pushed. */
        @Setup(Level.Invocation)
        public void rewind() {
            trip.rewindForPush();
        }
    }

    /** The stack before a pop. */
    public static class Full extends Trip {
        /** Pushes what the last call popped. */
        @Setup(Level.Invocation)
        public void rewind() {
            trip.rewindForPop();
        }
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public void pushScalar(Empty s) {
        s.trip.push();
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public void pushVector(Empty s) {
        s.trip.push();
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public void popScalar(Full s) {
        s.trip.pop();
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public void popVector(Full s) {
        s.trip.pop();
    }
}
