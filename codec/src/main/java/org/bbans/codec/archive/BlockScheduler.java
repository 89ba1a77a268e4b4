package org.bbans.codec.archive;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.bbans.codec.block.EncodedBlock;
import org.bbans.codec.block.RecordBlockEncoder;
import org.bbans.codec.block.RowGroupEncoder;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RecordCodec;
import org.bbans.codec.io.Workers;

/** Hands blocks of records to the workers: all at once, or those of a group one after the other. */
abstract sealed class BlockScheduler {

    /** The scheduler for a model. */
    static BlockScheduler of(ArchiveOptions options, BlockCutter cutter, Workers workers) {
        return options.model() instanceof RasterCodec raster ? new Rows(options, raster, cutter, workers)
                : new Records(options, (RecordCodec) options.model(), workers);
    }

    /**
     * Begins to code a block.
     *
     * @param raw its bytes
     * @param from where they begin in the content
     * @param done is told how many bytes are done
     */
    abstract Future<EncodedBlock> submit(byte[] raw, long from, IntConsumer done);

    /** Whether the model is to be given up if this is what became of the first block. */
    abstract boolean isHopeless(EncodedBlock first);

    /** Whether no more blocks should be submitted until the first of those that wait is written. */
    abstract boolean isFull(int blocks, long bytes);

    private static final class Records extends BlockScheduler {

        private final RecordBlockEncoder encoder;
        private final int threads;
        private final Workers workers;

        Records(ArchiveOptions options, RecordCodec model, Workers workers) {
            encoder = new RecordBlockEncoder(options.layout(), model, options.verify(), options.xz());
            threads = options.threads();
            this.workers = workers;
        }

        @Override
        Future<EncodedBlock> submit(byte[] raw, long from, IntConsumer done) {
            return workers.submit(() -> encoder.encode(raw, done));
        }

        @Override
        boolean isHopeless(EncodedBlock first) {
            return !first.codec().isWhole();
        }

        @Override
        boolean isFull(int blocks, long bytes) {
            return blocks > threads;
        }
    }

    private static final class Rows extends BlockScheduler {

        private final ArchiveOptions options;
        private final RasterCodec model;
        private final BlockCutter cutter;
        private final Workers workers;
        private RowGroupEncoder group;
        private CompletableFuture<?> latest;

        Rows(ArchiveOptions options, RasterCodec model, BlockCutter cutter, Workers workers) {
            this.options = options;
            this.model = model;
            this.cutter = cutter;
            this.workers = workers;
        }

        @Override
        Future<EncodedBlock> submit(byte[] raw, long from, IntConsumer done) {
            if (group == null || cutter.beginsGroup(from)) {
                group = new RowGroupEncoder(options.layout(), model, cutter.rowAt(from), options.verify(),
                        options.xz());
                latest = CompletableFuture.completedFuture(null);
            }
            RowGroupEncoder encoder = group;
            CompletableFuture<EncodedBlock> block = workers.submitAfter(latest, () -> encoder.encode(raw, done));
            latest = block;
            return block;
        }

        @Override
        boolean isHopeless(EncodedBlock first) {
            return first.codec() == BlockKind.STORED || first.failure() != null;
        }

        /** Blocks of one group keep one thread busy: others need blocks of the groups behind. */
        @Override
        boolean isFull(int blocks, long bytes) {
            return blocks > options.threads()
                    && (options.threads() == 1 || bytes > ReadOptions.AHEAD * options.threads());
        }
    }
}
