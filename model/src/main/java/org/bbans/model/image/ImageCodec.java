package org.bbans.model.image;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.RowGrid;

/** Codes the images of an archive, of whatever size, with an {@link ImageModel} that learns from them. */
public final class ImageCodec implements RasterCodec {

    /** Bytes for a sample of a row, as measured with rows of 32,768 pixels: 110 MB of one channel, 330 MB of three. */
    private static final int ROW_SAMPLE_MEMORY = 3_500;

    /** Levels of samples below which other models are better. */
    private static final int LEAST_LEVELS = 256;
    private static final int BLOCK_SAMPLES = 1 << 20;
    /** Larger records are photographs, of which none teaches much about the next. */
    private static final int LARGE = 1 << 17;
    /** Samples in a group of small records. */
    private static final int GROUP_SAMPLES = 1 << 24;

    private static final double ALWAYS = Double.NEGATIVE_INFINITY;
    /** Samples of a block below which counts are always used. */
    private static final int LEAST_TRIED = 1 << 17;
    /** Samples of a group that count as work, at most: it may not be known how many there will be. */
    private static final long COUNTED = 1 << 24;
    /** Bands that are tried, spread over a block. */
    private static final int BANDS = 4;
    /** Of so many samples less than a byte: these are no photographs, and bands may not tell what else there is. */
    private static final int LEAST_SHARE = 16;

    private final ImageModel model;
    private final byte[] file;
    private final byte[] sha256;
    private final boolean reference;
    private final double leastGain;
    /** Multiply-adds of all groups so far, of all codecs of the model. */
    private final AtomicLong work;

    private ImageCodec(ImageModel model, byte[] file, byte[] sha256, boolean reference, double leastGain,
            AtomicLong work) {
        this.model = model;
        this.file = file;
        this.sha256 = sha256;
        this.reference = reference;
        this.leastGain = leastGain;
        this.work = work;
    }

    /**
     * Makes a codec of a model file.
     *
     * @throws FormatException if it is none of an image model
     */
    public static ImageCodec parse(byte[] file) throws FormatException {
        final byte[] copy = file.clone();
        return new ImageCodec(ImageModel.parse(copy), copy, Checksums.sha256(copy), false, ALWAYS, new AtomicLong());
    }

    /** This codec, which predicts images from those before them in their group or not; decoders see which it is. */
    public ImageCodec withReference(boolean on) {
        return new ImageCodec(model, file, sha256, on, leastGain, work);
    }

    /**
     * This codec, which leaves out the adaptive counts, in two thirds of the time, from groups of large blocks where
     * they gain too little on a part of the first block. Decoders see which groups have them.
     *
     * @param least the least gain, as a fraction of the part's size; nothing is tried if it is infinite. On all of an
     *     image counts gain some half a percent more than on the part
     */
    public ImageCodec withLeastGainOfCounts(double least) {
        return new ImageCodec(model, file, sha256, reference, least, work);
    }

    /** What is known of the model. */
    public ImageModel model() {
        return model;
    }

    /** The model file. */
    public byte[] toBytes() {
        return file.clone();
    }

    /** Multiply-adds for a sample of a plane, roughly: the network, there and to learn back, and least squares. */
    public long multiplyAdds() {
        final ImageShape shape = model.shape();
        final long network = (long) (ImageHead.GREY.inputs() + shape.hidden() + shape.outputs()) * shape.hidden();
        // Of the second plane of three.
        final long features = 8 + shape.far();
        final long sums = (features + 1) * (features + 2) / 2;
        return network + 2 * network / shape.interval()
                + shape.windows() * (6 * sums + features * features * features / 6);
    }

    /**
     * What each pixel of an image takes, by the probabilities that it is coded with. For people: an archive is what
     * counts.
     *
     * @param raster the image's extents
     * @param samples unsigned levels, row after row, the channels of a pixel side by side
     * @param learning whether the model learns on the way down, as it does when it codes
     * @return bits, row after row
     */
    public float[] bits(RasterShape raster, short[] samples, boolean learning) {
        final ImageGrid grid = grid(raster, 1);
        final ImageOptions options = new ImageOptions(false, true, learning, true);
        final ImageCoder coder = new ImageCoder(model, grid, options, engineFor(grid));
        final int rows = Math.max(1, BLOCK_SAMPLES / grid.rowSamples());
        final float[] bits = new float[raster.height() * raster.width()];
        for (int row = 0; row < raster.height(); row += rows) {
            final int count = Math.min(rows, raster.height() - row);
            final int from = row * grid.rowSamples();
            final float[] block =
                    coder.costs(Arrays.copyOfRange(samples, from, from + count * grid.rowSamples()), count);
            System.arraycopy(block, 0, bits, row * raster.width(), block.length);
        }
        return bits;
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public byte[] sha256() {
        return sha256.clone();
    }

    /** Whether models of images code records of this layout. */
    public static boolean codes(Layout layout) {
        if (layout.isOpaque()) {
            return false;
        }
        final RowGrid grid = new RowGrid(layout);
        if (!grid.fitsBlocks()) {
            return false;
        }
        final RasterShape raster = grid.raster();
        return raster.channels() <= ImageGrid.MAX_CHANNELS && raster.width() <= ImageGrid.MAX_WIDTH
                && raster.levels() >= LEAST_LEVELS;
    }

    @Override
    public String misfit(Layout layout) {
        return codes(layout) ? null : "codes images of at most " + ImageGrid.MAX_CHANNELS + " channels and "
                + ImageGrid.MAX_WIDTH + " columns with " + LEAST_LEVELS + " levels or more";
    }

    @Override
    public int blockSamples() {
        return BLOCK_SAMPLES;
    }

    @Override
    public long groupRecords(RasterShape raster) {
        final long samples = raster.height() * raster.rowSamples();
        return samples > LARGE ? 1 : GROUP_SAMPLES / samples;
    }

    @Override
    public long groupMemory(RasterShape raster, long records, int form) {
        final boolean looksBack =
                ImageCoder.refers(form) && raster.height() * raster.rowSamples() <= ImageGrid.MAX_REFERENCE;
        final boolean mixes = form < 0 || ImageCoder.mixes(form);
        return (mixes ? DecisionCoder.memory(grid(raster, records).samples(), model.shape().contexts()) : 0)
                + raster.rowSamples() * ROW_SAMPLE_MEMORY
                + (looksBack ? PlaneRows.memory(raster, raster.height() + PlaneRows.ABOVE) : 0);
    }

    private static ImageGrid grid(RasterShape raster, long records) {
        return new ImageGrid((int) Math.min(records, Integer.MAX_VALUE), raster.height(), raster.width(),
                raster.channels(), raster.levels());
    }

    @Override
    public long blockMemory(RasterShape raster, long rows) {
        final long records = (rows + raster.height() - 2) / raster.height() + 1;
        return PlaneRows.memory(raster, rows + (records + 2) * PlaneRows.ABOVE);
    }

    @Override
    public Group group(RasterShape raster, long records, boolean encodes) {
        final ImageGrid grid = grid(raster, records);
        return new Group() {

            private ImageCoder coder;

            @Override
            public byte[] encode(short[] samples, int rows, IntConsumer done) {
                if (coder == null) {
                    coder = coder(grid, countsPay(raster, samples, rows));
                }
                final byte[] payload = coder.encode(samples, rows);
                done.accept(rows);
                return payload;
            }

            @Override
            public void decode(byte[] payload, short[] samples, int rows, IntConsumer done)
                    throws CorruptArchiveException {
                if (coder == null) {
                    coder = coder(grid, true);
                }
                coder.decode(payload, samples, rows);
                done.accept(rows);
            }
        };
    }

    private ImageCoder coder(ImageGrid grid, boolean counts) {
        final ImageOptions options = new ImageOptions(reference && grid.records() > 1, true, true, counts);
        return new ImageCoder(model, grid, options, engineFor(grid));
    }

    /** The engine for the work so far and this group: vector code pays only once it has been compiled. */
    Engine engineFor(ImageGrid grid) {
        final long group = Math.min(COUNTED, grid.samples()) * multiplyAdds();
        return Engines.forWork(work.accumulateAndGet(group, (a, b) -> Math.min(Long.MAX_VALUE >> 1, a + b)));
    }

    /** Codes some records or rows of a group's first block, spread over it, to see what counts gain. */
    private boolean countsPay(RasterShape raster, short[] block, int rows) {
        final int rowSamples = (int) raster.rowSamples();
        final int size = rows * rowSamples;
        if (Double.isInfinite(leastGain) || size < LEAST_TRIED) {
            return leastGain < Double.POSITIVE_INFINITY;
        }
        final int height = (int) raster.height();
        // What is tried is made of bands: whole records, or rows of one.
        final boolean records = rows >= BANDS * height;
        final int whole = records ? rows / height : Math.min(rows, height);
        final int unit = records ? height * rowSamples : rowSamples;
        final int band = Math.max(1, Math.min(whole, Math.max(size >> 5, LEAST_TRIED >> 3) / unit) / BANDS);
        final int bands = Math.min(BANDS, whole);
        final short[] tried = new short[bands * band * unit];
        for (int i = 0; i < bands; i++) {
            final int from = (2 * i + 1) * (whole - band) / (2 * bands);
            System.arraycopy(block, from * unit, tried, i * band * unit, band * unit);
        }
        final int count = records ? bands * band : 1;
        final ImageGrid grid = grid(records ? raster : raster.withHeight(bands * band), count);
        final ImageCoder.Sizes sizes = coder(grid, true).sizes(tried, (int) grid.rows());
        return sizes.bytes() < tried.length / LEAST_SHARE || sizes.withoutCounts() > sizes.bytes() * (1 + leastGain);
    }
}
