package org.bbans.bench;

import java.util.concurrent.TimeUnit;
import org.bbans.codec.engine.Engines;
import org.openjdk.jmh.annotations.AuxCounters;
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

/** A block of images from samples to payload and back, and general compressors on the same bytes: blocks a second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 4, time = 3)
public class PipelineBench {

    private static final int RECORDS = 256;

    /** Bytes of samples, counted beside the calls: JMH prints them a second. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Samples {
        /** Read by JMH. */
        public long bytes;

        /** Starts from zero. */
        @Setup(Level.Iteration)
        public void clear() {
            bytes = 0;
        }
    }

    /** A block and a model. */
    @State(Scope.Thread)
    public static class Block {
        /** Name of a built-in model, or {@code random}: ordinary size, random weights. */
        @Param(BenchModels.RANDOM)
        public String model;
        Pipeline pipeline;

        /** Codes the block once; the round trip is checked, the rate is printed. */
        @Setup(Level.Trial)
        public void create() {
            pipeline = new Pipeline(model, RECORDS, Engines.preferred());
            System.out.printf("%n%s: %.4f bits/dim%n", model, pipeline.bitsPerDim());
        }
    }

    /** The block and a general compressor. */
    @State(Scope.Thread)
    public static class Packed {
        /** Which. */
        @Param
        public Packer packer;
        byte[] samples;
        byte[] packed;

        /** Compresses the block once; the round trip is checked, the rate is printed. */
        @Setup(Level.Trial)
        public void create() {
            samples = Images.mnist(RECORDS);
            packed = packer.checked(samples);
            System.out.printf("%n%s: %.4f bits/dim%n", packer, 8.0 * packed.length / samples.length);
        }
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public byte[] encodeScalar(Block s, Samples count) {
        count.bytes += s.pipeline.samples().length;
        return s.pipeline.encode();
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public byte[] encodeVector(Block s, Samples count) {
        count.bytes += s.pipeline.samples().length;
        return s.pipeline.encode();
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = Forks.SCALAR)
    public void decodeScalar(Block s, Samples count) {
        count.bytes += s.pipeline.samples().length;
        s.pipeline.decode();
    }

    @Benchmark
    @Fork(value = Forks.COUNT, jvmArgsAppend = {Forks.MODULES, Forks.VECTOR})
    public void decodeVector(Block s, Samples count) {
        count.bytes += s.pipeline.samples().length;
        s.pipeline.decode();
    }

    @Benchmark
    @Fork(Forks.COUNT)
    public byte[] compress(Packed s, Samples count) {
        count.bytes += s.samples.length;
        return s.packer.compress(s.samples);
    }

    @Benchmark
    @Fork(Forks.COUNT)
    public byte[] decompress(Packed s, Samples count) {
        count.bytes += s.samples.length;
        return s.packer.decompress(s.packed);
    }
}
