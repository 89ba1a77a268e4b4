package org.bbans.codec.archive;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.RowGrid;

/**
 * Run lengths in place of a model. What it has seen of a group is mixed into every byte, so that a block is decoded
 * only by one who has seen the same.
 */
class FakeRasterCodec implements RasterCodec {

    enum Manner {
        HONEST, LIES, THROWS_ON_ENCODE, THROWS_ON_DECODE, GROWS_EVERY_THIRD
    }

    final AtomicInteger decoded = new AtomicInteger();
    final AtomicInteger groups = new AtomicInteger();
    private final Manner manner;
    private final int blockSamples;

    FakeRasterCodec(Manner manner, int blockSamples) {
        this.manner = manner;
        this.blockSamples = blockSamples;
    }

    @Override
    public int blockSamples() {
        return blockSamples;
    }

    @Override
    public long groupRecords(RasterShape raster) {
        return 5;
    }

    /** What stands for the model file. */
    byte[] file() {
        return "fake learner".getBytes();
    }

    @Override
    public String name() {
        return "fake-rows";
    }

    @Override
    public byte[] sha256() {
        return Checksums.sha256().digest(file());
    }

    @Override
    public String misfit(Layout layout) {
        return layout.isOpaque() || !new RowGrid(layout).fitsBlocks() ? "codes rows" : null;
    }

    @Override
    public Group group(RasterShape raster, long records, boolean encodes) {
        groups.incrementAndGet();
        return new FakeGroup(raster, records);
    }

    private final class FakeGroup implements Group {

        private final RasterShape raster;
        private final long most;
        private long rowsSeen;
        private int seen;
        private int blocks;

        FakeGroup(RasterShape raster, long records) {
            this.raster = raster;
            most = records > Long.MAX_VALUE / raster.height() ? Long.MAX_VALUE : records * raster.height();
            seen = raster.hashCode();
        }

        private void see(short[] samples, int rows) {
            rowsSeen += rows;
            if (rowsSeen > most) {
                throw new IllegalArgumentException("more than " + most + " rows");
            }
            for (short sample : samples) {
                seen = seen * 31 + sample;
            }
        }

        @Override
        public byte[] encode(short[] samples, int rows, IntConsumer done) {
            if (manner == Manner.THROWS_ON_ENCODE) {
                throw new IllegalStateException("cannot encode");
            }
            if (samples.length != rows * raster.rowSamples()) {
                throw new IllegalArgumentException(samples.length + " samples in " + rows + " rows");
            }
            int key = seen;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = 0; i < samples.length;) {
                int run = 1;
                while (run < 255 && i + run < samples.length && samples[i + run] == samples[i]) {
                    run++;
                }
                out.write(run ^ key);
                out.write(samples[i] ^ key >> 8);
                out.write(samples[i] >> 8 ^ key >> 16);
                i += run;
            }
            see(samples, rows);
            done.accept(rows);
            return manner == Manner.GROWS_EVERY_THIRD && blocks++ % 3 == 2 ? new byte[2 * samples.length]
                    : out.toByteArray();
        }

        @Override
        public void decode(byte[] payload, short[] samples, int rows, IntConsumer done) throws CorruptArchiveException {
            decoded.incrementAndGet();
            if (manner == Manner.THROWS_ON_DECODE) {
                throw new ArrayIndexOutOfBoundsException("cannot decode");
            }
            int at = 0;
            for (int i = 0; i < payload.length; i += 3) {
                for (int run = (payload[i] ^ seen) & 0xff; run > 0; run--) {
                    samples[at++] = (short) ((payload[i + 1] ^ seen >> 8) & 0xff | (payload[i + 2] ^ seen >> 16) << 8);
                }
            }
            if (at != samples.length) {
                throw new CorruptArchiveException("runs end after " + at + " samples");
            }
            see(samples, rows);
            done.accept(rows);
            if (manner == Manner.LIES) {
                samples[samples.length / 2] ^= 1;
            }
        }
    }
}
