package org.bbans.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Chooses the model for some records by trying all that fit on the first ones. */
public final class ModelChooser {

    /** Fixed, so that the choice is always the same. */
    private static final long SEED = 1;

    private final byte[] head;
    private final Records records;
    private final Optional<SampleFormat.TwoValued> twoValues;
    private final int sampleRecords;

    /**
     * A way to code the records.
     *
     * @param layout the records as the model sees them
     * @param model the model
     */
    public record Fit(Layout layout, Model model) {}

    /**
     * The outcome of a trial.
     *
     * @param fit what was tried
     * @param records records tried
     * @param bytes that they take
     */
    public record Trial(Fit fit, int records, double bytes) {

        public double bitsPerDim() {
            return bytes * 8 / ((double) records * fit.layout().dims());
        }
    }

    /**
     * A chooser.
     *
     * @param head the content's beginning
     * @param sampleRecords records that every model is tried on
     */
    public ModelChooser(byte[] head, Records records, int sampleRecords) {
        this.head = head;
        this.records = records;
        this.twoValues = records.twoValues(head, head.length);
        this.sampleRecords = sampleRecords;
    }

    /** The ways in which models fit the records. */
    public List<Fit> fits(List<Model> models) {
        List<Fit> fits = new ArrayList<>();
        for (Model model : models) {
            int[] shape = model.description().shape().stream().mapToInt(Integer::intValue).toArray();
            for (SampleFormat format : formats(model.description().levels())) {
                records.withFormat(format).as(shape).filter(layout -> sampleSize(layout) > 0)
                        .ifPresent(layout -> fits.add(new Fit(layout, model)));
            }
        }
        return fits;
    }

    /** The formats of that many levels in which the samples can be read. */
    private List<SampleFormat> formats(int levels) {
        if (levels != 2) {
            return records.format().levels() == levels ? List.of(records.format()) : List.of();
        }
        // Which of two values means ink differs from one collection to the next.
        return (records.format() instanceof SampleFormat.TwoLevel two ? Optional.of(two) : twoValues)
                .map(format -> List.<SampleFormat>of(format, format.inverted())).orElse(List.of());
    }

    private int sampleSize(Layout layout) {
        return (int) Math.min(layout.records(head.length), sampleRecords);
    }

    /** Tries a fit. */
    public Trial trial(Fit fit) throws IOException {
        int n = sampleSize(fit.layout());
        byte[] samples = samples(fit.layout(), n);
        if (samples == null) {
            return new Trial(fit, n, Double.POSITIVE_INFINITY);
        }
        // So few records are all there is, or a taste of many: the latter cost what the ELBO says.
        boolean all = fit.layout().records(head.length) <= sampleRecords;
        double bytes = all ? fit.model().codec().encode(samples, n).length
                : Elbo.of(fit.model(), samples, n, SEED).totalBits() / 8;
        return new Trial(fit, n, bytes);
    }

    /** Bytes that LZMA2 makes of the same records. */
    public double generalPurpose(Layout layout) throws IOException {
        int n = sampleSize(layout) * (int) layout.recordBytes();
        return generalPurpose(head, (int) layout.leading(), n);
    }

    /** Bytes that {@code xz -9} makes of some bytes. */
    static long generalPurpose(byte[] bytes, int off, int n) throws IOException {
        LZMA2Options options = new LZMA2Options(LZMA2Options.PRESET_MAX);
        options.setDictSize(Math.max(LZMA2Options.DICT_SIZE_MIN, n));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, options)) {
            xz.write(bytes, off, n);
        }
        return out.size();
    }

    /** The levels of the first records; null if their bytes do not fit the format. */
    private byte[] samples(Layout layout, int n) {
        return samples(layout, head, n);
    }

    /** The levels of the first records of a content; null if their bytes do not fit the format. */
    public static byte[] samples(Layout layout, byte[] content, int n) {
        int dims = Math.toIntExact(layout.dims());
        byte[] samples = new byte[Math.multiplyExact(n, dims)];
        for (int i = 0; i < n; i++) {
            int at = (int) (layout.leading() + (long) i * layout.recordBytes()) + layout.prefix();
            if (!layout.format().unpack(layout.shape(), content, at, samples, i * dims)) {
                return null;
            }
        }
        return samples;
    }
}
