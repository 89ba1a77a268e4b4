package org.bbans.bench;

import java.util.concurrent.TimeUnit;
import org.bbans.bench.coder.AdaptiveCore;
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

/** The stack alone: time for a symbol, every symbol with an interval of its own. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(AnsStackBench.SYMBOLS)
public class AnsStackBench {

    static final int SYMBOLS = 1 << 18;
    private static final int ROWS = 1 << 14;

    /** A stack and what goes onto it. */
    @State(Scope.Thread)
    public abstract static class Trip {
        /** Heads of the stack. */
        @Param({"1", "4", "8", "32"})
        public int heads;
        RoundTrip trip;

        /** Draws symbols; a round trip is checked. */
        @Setup(Level.Trial)
        public void create() {
            final Rows rows = Rows.named("mixture", ROWS, 1);
            final int[] x = rows.draw(2);
            trip = new RoundTrip(new AdaptiveCore(rows, x, Engines.preferred(), heads, SYMBOLS / ROWS), x);
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
