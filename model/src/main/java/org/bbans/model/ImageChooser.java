package org.bbans.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.io.Workers;
import org.bbans.model.image.ImageCodec;

/** Tries an image model on the first images of a content, and finds out whether they have something in common. */
public final class ImageChooser {

    /** Samples that a model is tried on. */
    private static final int FEW_SAMPLES = 1 << 17;
    /** Samples that it is tried on once more if it has lost on the few: it learns, which pays later. */
    private static final int MANY_SAMPLES = 1 << 20;
    /** How many times the bytes of LZMA2 are too many to be made good by learning. */
    private static final int HOPELESS = 2;
    /** Bytes for each sample tried that say that there are more samples, whatever their size. */
    private static final int MORE = 4;
    /** Samples in a group of images that have something in common. */
    private static final int GROUP_SAMPLES = 1 << 24;

    private final byte[] head;
    private final Records records;
    private final int threads;

    /**
     * A way to code images.
     *
     * @param layout the images
     * @param model the model, which predicts images from those before them or not
     * @param groupRecords images from which it learns one after the other
     */
    public record Fit(Layout layout, ImageCodec model, int groupRecords) {}

    /**
     * The outcome of a trial.
     *
     * @param fit what was tried
     * @param samples samples tried
     * @param bytes that they take
     * @param generalPurpose bytes that LZMA2 makes of them
     */
    public record Trial(Fit fit, long samples, long bytes, long generalPurpose) {

        /** Bits that a sample takes. */
        public double bitsPerSample() {
            return 8.0 * bytes / samples;
        }

        private boolean losesNarrowly() {
            return bytes >= generalPurpose && bytes < HOPELESS * generalPurpose;
        }
    }

    /**
     * A chooser.
     *
     * @param head the content's beginning
     * @param threads ways of coding them that are tried at a time
     */
    public ImageChooser(byte[] head, Records records, int threads) {
        this.head = head;
        this.records = records;
        this.threads = threads;
    }

    /** Tries a model; empty if it does not fit, or if too little of the first image is known. */
    public Optional<Trial> trial(ImageCodec model) throws IOException {
        final Optional<Layout> images = records.images().filter(layout -> model.misfit(layout) == null);
        if (images.isEmpty()) {
            return Optional.empty();
        }
        final RowGrid grid = new RowGrid(images.get());
        final Optional<Trial> few = trial(model, images.get(), grid, FEW_SAMPLES);
        final boolean again = few.filter(t -> t.losesNarrowly() && MORE * t.samples() < head.length).isPresent();
        return again ? trial(model, images.get(), grid, MANY_SAMPLES) : few;
    }

    private Optional<Trial> trial(ImageCodec model, Layout layout, RowGrid grid, int most) throws IOException {
        final long whole = layout.records(head.length);
        final int height = (int) grid.height();
        final boolean several = whole > 1;
        // Of small images as many as are needed, of large ones a band in the middle of the first, or of the first two.
        int count = (int) Math.max(1, Math.min(whole, most / layout.dims()));
        int rows = height;
        if (layout.format().hasRows() && count * layout.dims() > most || several && count < 2) {
            count = several ? 2 : 1;
            rows = (int) Math.max(1, Math.min(height, most / count / grid.rowSamples()));
        }
        int first = (height - rows) / 2;
        if (whole == 0) {
            final long bytes = head.length - layout.leading() - layout.prefix();
            final long known = layout.format().hasRows() ? bytes / layout.format().bytes(grid.shape(1)) : 0;
            if (known < 1) {
                return Optional.empty();
            }
            rows = (int) Math.min(rows, known);
            first = (int) Math.min(first, known - rows);
        }
        if (!layout.format().hasRows()) {
            count = layout.dims() > most ? 1 : count;
            rows = height;
            first = 0;
        }
        return measure(model, layout, grid, count, first, rows);
    }

    private Optional<Trial> measure(ImageCodec model, Layout layout, RowGrid grid, int count, int first, int rows)
            throws IOException {
        final int size = rows * (int) grid.rowSamples();
        final int bytes = (int) layout.format().bytes(grid.shape(rows));
        final short[] samples = new short[count * size];
        final byte[] raw = new byte[count * bytes];
        for (int i = 0; i < count; i++) {
            final int from = (int) (layout.leading() + i * layout.recordBytes()) + layout.prefix()
                    + first * (bytes / rows);
            System.arraycopy(head, from, raw, i * bytes, bytes);
            if (!layout.format().unpack(grid.shape(rows), head, from, samples, i * size)) {
                return Optional.empty();
            }
        }
        final RasterShape band = grid.raster().withHeight(rows);
        ImageCodec best = model.withReference(false);
        long least;
        boolean joint = true;
        long generalPurpose;
        try (Workers workers = new Workers(threads, "bbans-trial")) {
            final ImageCodec referring = model.withReference(true);
            final Future<Integer> plain = workers.submit(() -> bytes(model.withReference(false), band, samples, count));
            final Future<Integer> referred =
                    count > 1 ? workers.submit(() -> bytes(referring, band, samples, count)) : plain;
            final List<Future<Integer>> apart = new ArrayList<>();
            final boolean large = count == 2 || count > 1 && layout.dims() > FEW_SAMPLES / 3;
            for (int i = 0; i < count && large; i++) {
                final short[] one = Arrays.copyOfRange(samples, i * size, (i + 1) * size);
                apart.add(workers.submit(() -> bytes(model, band, one, 1)));
            }
            final Future<Long> lzma2 = workers.submit(() -> ModelChooser.generalPurpose(raw, 0, raw.length));
            least = workers.await(plain, () -> {});
            if (workers.await(referred, () -> {}) < least) {
                least = workers.await(referred, () -> {});
                best = referring;
            }
            long alone = 0;
            for (Future<Integer> one : apart) {
                alone += workers.await(one, () -> {});
            }
            if (large && alone <= least) {
                least = alone;
                joint = false;
                best = model.withReference(false);
            }
            generalPurpose = workers.await(lzma2, () -> {});
        }
        final boolean groups = joint && (count > 1 || layout.dims() <= FEW_SAMPLES);
        final int group = (int) (groups ? Math.max(1, Math.min(Integer.MAX_VALUE, GROUP_SAMPLES / layout.dims())) : 1);
        return Optional.of(new Trial(new Fit(layout, best, group), samples.length, least, generalPurpose));
    }

    private static int bytes(ImageCodec model, RasterShape band, short[] samples, int count) {
        return model.group(band, count, true).encode(samples, count * band.height(), n -> {}).length;
    }
}
