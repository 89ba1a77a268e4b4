package org.bbans.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bbans.cli.io.FileException;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.model.Effort;
import org.bbans.model.Elbo;
import org.bbans.model.ImageChooser;
import org.bbans.model.Model;
import org.bbans.model.ModelChooser;
import org.bbans.model.image.ImageCodec;

/**
 * One content, compressed by everything: every figure is of a complete file that was decoded again and compared.
 *
 * @param file the file's name
 * @param bytes its size
 * @param records records in it; 0 if none were found
 * @param shape extents of a record; empty if none were found
 * @param samples samples that bits per dimension refer to: those of the records, or the bytes if there are none
 * @param rows the results
 */
public record PeerComparison(String file, long bytes, long records, List<Integer> shape, long samples, List<Row> rows) {

    private static final long SEED = 1;
    /** Array sizes in Java are ints; the samples of all records are held at once. */
    private static final long MAX_BYTES = 1L << 30;

    /**
     * A result.
     *
     * @param coder which compressor
     * @param bytes size of the compressed file
     * @param bitsPerDim bits for each sample, all of the file counted
     * @param elbo negative ELBO of the model as it codes, in bits for each sample, on the same records; null without a
     *     model
     * @param gapPercent how much larger the file is than that; null without a model
     * @param modelBytes size of the model, which is not part of the file; null without a model
     * @param encodeSeconds time to encode
     * @param decodeSeconds time to decode
     */
    public record Row(String coder, long bytes, double bitsPerDim, Double elbo, Double gapPercent, Integer modelBytes,
            double encodeSeconds, double decodeSeconds) {}

    /**
     * Compares.
     *
     * @param content the file's bytes
     * @param described how the user describes the records; empty to look for them
     * @param allFits whether every model that fits is run, or only the best on a sample, as for {@code compress --best}
     */
    public static PeerComparison of(String file, byte[] content, Optional<Records> described,
            ModelCatalogue models, int threads, boolean allFits) throws IOException {
        if (content.length > MAX_BYTES) {
            throw new FileException(file, "is too large for a comparison; take a part of it");
        }
        Optional<Records> records = described.or(() -> LayoutDetector.detect(content, content.length, content.length));
        Optional<Layout> layout = records.flatMap(Records::layout);
        List<ModelChooser.Fit> fits = records.isEmpty() ? List.of() : fits(content, records.get(), models, allFits);
        if (!fits.isEmpty()) {
            layout = Optional.of(fits.get(0).layout());
        }
        long n = layout.map(l -> l.records(content.length)).orElse(0L);
        long samples = n == 0 ? content.length : n * layout.get().dims();
        List<Row> rows = new ArrayList<>();
        for (ModelChooser.Fit fit : fits) {
            rows.add(withModel(file, content, fit, threads, samples));
            Model thorough = fit.model().thorough();
            if (thorough != fit.model()) {
                rows.add(row("bbans --best " + thorough.description().name(), file, content, samples,
                        archiver(options(new ModelChooser.Fit(fit.layout(), thorough), threads), threads), null,
                        thorough.file().sizeInBytes()));
            }
        }
        if (records.isPresent()) {
            for (ImageCodec model : models.images()) {
                Optional<ImageChooser.Trial> trial = new ImageChooser(content, records.get(), threads).trial(model);
                if (trial.isPresent()) {
                    rows.add(withImages(file, content, trial.get().fit(), threads, samples));
                }
            }
        }
        if (rows.isEmpty()) {
            ArchiveOptions options = ArchiveOptions.DEFAULT.withThreads(threads)
                    .withRecords(layout.orElse(Layout.NONE), null);
            rows.add(row("bbans, no model", file, content, samples, archiver(options, threads), null, null));
        }
        for (Peer peer : Peer.all()) {
            rows.add(row(peer.name(), file, content, samples, peer, null, null));
        }
        return new PeerComparison(file, content.length, n,
                n == 0 ? List.of() : Arrays.stream(layout.get().shape()).boxed().toList(), samples, rows);
    }

    private static List<ModelChooser.Fit> fits(byte[] content, Records records, ModelCatalogue models, boolean all)
            throws IOException {
        ModelChooser chooser = new ModelChooser(content, records, 100);
        List<ModelChooser.Trial> trials = new ArrayList<>();
        for (ModelChooser.Fit fit : chooser.fits(models.choice().records())) {
            trials.add(chooser.trial(fit));
        }
        trials.sort(Comparator.comparingDouble(ModelChooser.Trial::bytes));
        List<ModelChooser.Fit> fits = new ArrayList<>();
        for (ModelChooser.Trial trial : trials) {
            // Of the two ways to read two values as levels, the better one.
            boolean seen = fits.stream().anyMatch(f -> f.model() == trial.fit().model());
            if (!seen && Double.isFinite(trial.bytes()) && (all || fits.isEmpty())) {
                fits.add(trial.fit());
            }
        }
        return fits;
    }

    private static Row withModel(String file, byte[] content, ModelChooser.Fit fit, int threads, long samples)
            throws IOException {
        Model model = fit.model();
        ArchiveOptions options = options(fit, threads);
        int n = Math.toIntExact(fit.layout().records(content.length));
        byte[] levels = ModelChooser.samples(fit.layout(), content, n);
        Double elbo = levels == null ? null : Elbo.of(model, levels, n, SEED).bitsPerDim();
        return row("bbans " + model.description().name(), file, content, samples, archiver(options, threads), elbo,
                model.file().sizeInBytes());
    }

    private static ArchiveOptions options(ModelChooser.Fit fit, int threads) {
        return ArchiveOptions.DEFAULT.withThreads(threads).withVerify(false).withXz(false).withRecords(fit.layout(),
                fit.model().codec());
    }

    private static Row withImages(String file, byte[] content, ImageChooser.Fit fit, int threads, long samples)
            throws IOException {
        ArchiveOptions options = ArchiveOptions.DEFAULT.withThreads(threads).withVerify(false).withXz(false)
                .withRecords(fit.layout(), Effort.BALANCED.applied(fit.model())).withBlockRecords(fit.groupRecords());
        return row("bbans " + fit.model().name(), file, content, samples, archiver(options, threads), null,
                fit.model().toBytes().length);
    }

    private static Peer archiver(ArchiveOptions options, int threads) {
        return new Peer("bbans", out -> new ArchiveOutputStream(out, options),
                in -> new ArchiveInputStream(in, reference -> options.model(),
                        ReadOptions.DEFAULT.withThreads(threads)));
    }

    private static Row row(String name, String file, byte[] content, long samples, Peer coder, Double elbo,
            Integer modelBytes) throws IOException {
        long start = System.nanoTime();
        byte[] compressed = coder.encode(content);
        long encoded = System.nanoTime();
        byte[] decoded = coder.decode(compressed);
        long end = System.nanoTime();
        if (!Arrays.equals(decoded, content)) {
            throw new FileException(file, name + " did not restore it");
        }
        double bits = samples == 0 ? 0 : compressed.length * 8.0 / samples;
        return new Row(name, compressed.length, bits, elbo, elbo == null ? null : 100 * (bits / elbo - 1), modelBytes,
                (encoded - start) * 1e-9, (end - encoded) * 1e-9);
    }
}
