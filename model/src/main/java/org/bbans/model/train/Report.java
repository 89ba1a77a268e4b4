package org.bbans.model.train;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Transition;
import org.bbans.model.train.head.HeadBatch;
import org.bbans.model.train.head.HeadGradient;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * What a training has come to, in pictures: the loss, what the latents carry, what the model draws by itself, what
 * single latents change, and which of them are in use.
 */
final class Report {

    private static final String HEAD =
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
    private static final int COLUMNS = 16;
    private static final int ROWS = 4;
    private static final int STEPS = 9;
    private static final int TRAVERSED = 7;
    private static final double REACH = 2.4;
    /** Bits for each record; a latent of fewer has collapsed to its prior. */
    private static final double IN_USE = 0.1;
    /** Records that the worth of the latents is measured on. */
    private static final int WEIGHED = 64;
    /** Records whose latents are moved one by one. */
    private static final int MOVED = 32;
    /** A pixel changes if it moves by more than this share of the levels. */
    private static final int SHARE = 8;
    private static final int GAP = 2;
    private static final int ZOOM = 2;
    private static final int RGB = 3;
    private static final int CHART_WIDTH = 900;
    private static final int CHART_HEIGHT = 500;

    private final Path folder;
    private final ModelSpec spec;
    private final Parameters layout;
    private final float[] weights;
    private final HeadGradient head;

    private Report(Path folder, ModelSpec spec, Parameters layout, float[] weights) {
        this.folder = folder;
        this.spec = spec;
        this.layout = layout;
        this.weights = weights;
        head = new HeadGradient(spec, layout, HeadKernels.best(), Runtime.getRuntime().availableProcessors());
        head.load(weights);
    }

    /**
     * Writes the report's pictures and a page that shows them.
     *
     * @param weights flat, as laid out
     * @param records levels of some records that were not trained on, at least one
     * @param klBits KL divergence of each latent on such records, in bits
     * @param summary a line of HTML
     */
    static void write(Path folder, ModelSpec spec, Parameters layout, float[] weights, byte[] records, double[] klBits,
            List<TrainingListener.Progress> history, String summary) throws IOException {
        Files.createDirectories(folder);
        final Report report = new Report(folder, spec, layout, weights);
        final StringBuilder page = new StringBuilder(HEAD).append(spec.name())
                .append("</title></head><body>\n<h1>").append(spec.name()).append("</h1>\n<p>")
                .append(summary).append("</p>\n");
        if (report.loss(history)) {
            section(page, "Loss", "loss.png", "Negative ELBO. The training curve is that of the current weights, the "
                    + "validation curve that of their moving average.");
        }
        if (spec.shape().size() == 2 || spec.channels() == RGB) {
            report.samples();
            section(page, "Samples", "samples.png", "Drawn from the model, sample by sample.");
            if (spec.latents() > 0) {
                report.reconstructions(records);
                section(page, "Reconstructions", "reconstructions.png",
                        "Odd rows: records of the validation part. Below each: drawn anew from its latents alone. "
                                + "What is alike, the latents carry.");
                report.traversal(klBits);
                section(page, "Latents one by one", "traversal.png", String.format(Locale.ROOT,
                        "Each row moves one latent from %.1f to %.1f deviations of its prior, the others stay at their "
                                + "medians; the latents with the largest KL divergence first.",
                        -REACH, REACH));
            }
        }
        if (spec.latents() > 0) {
            report.divergences(klBits);
            final long used = Arrays.stream(klBits).filter(Report::isInUse).count();
            section(page, "KL divergence of each latent", "kl.png", String.format(Locale.ROOT,
                    "%d of %d latents carry at least %.1f bit for each record; the others have collapsed to the "
                            + "prior.%s",
                    used, spec.latents(), IN_USE, layers(spec, klBits)));
            report.latents(page, records, klBits);
        }
        Files.writeString(folder.resolve("index.html"), page.append("</body></html>\n"));
    }

    /** Whether a latent of so many bits of KL divergence for each record has not collapsed to its prior. */
    static boolean isInUse(double klBits) {
        return klBits >= IN_USE;
    }

    /** Adds a table of all latents, by number: what they cost, whether they collapsed, and what they are worth. */
    private void latents(StringBuilder page, byte[] records, double[] klBits) {
        final double[] worth = worth(records);
        final double[] changed = changed(records);
        page.append("<h2>Every latent</h2>\n<p>Bits for each record: the KL divergence, which is what a latent costs, "
                + "and what the samples would cost more if the decoder were given the latent's prior median "
                + "in place of its value. Pixels: how many of a record, each drawn anew with the same luck and its "
                + "true neighbours, change by more than an eighth of the levels when the latent moves from -1 to 1 "
                + "deviation of its prior. A latent that has collapsed is worth nothing and changes nothing.</p>\n"
                + "<table><tr><th>latent</th><th>layer</th><th>KL</th><th></th><th>worth</th><th>pixels</th></tr>\n");
        int d = 0;
        for (int k = spec.latentLayers().size(); k > 0; k--) {
            for (int i = 0; i < spec.latentLayers().get(k - 1); i++, d++) {
                page.append(String.format(Locale.ROOT, "<tr><td>%d</td><td>z%d</td><td>%.3f</td><td>%s</td>"
                        + "<td>%.3f</td><td>%.1f</td></tr>\n", d + 1, k, klBits[d],
                        isInUse(klBits[d]) ? "in use" : "collapsed", worth[d], changed[d]));
            }
        }
        page.append("</table>\n");
    }

    /** For each latent, the bits that its prior median in place of its posterior costs the samples of a record. */
    private double[] worth(byte[] records) {
        final int dims = spec.dims();
        final int n = Math.min(WEIGHED, records.length / dims);
        final float[][] z = posteriors(records, n, new SplittableRandom(4));
        final double all = crossEntropy(records, z);
        final double[] worth = new double[spec.latents()];
        for (int d = 0; d < worth.length; d++) {
            final float[] values = new float[n];
            for (int b = 0; b < n; b++) {
                values[b] = z[b][d];
                z[b][d] = 0;
            }
            worth[d] = (crossEntropy(records, z) - all) / n / Math.log(2);
            for (int b = 0; b < n; b++) {
                z[b][d] = values[b];
            }
        }
        return worth;
    }

    /** For each latent, the pixels of a record that change with it if they are drawn anew, on average. */
    private double[] changed(byte[] records) {
        final int dims = spec.dims();
        final int channels = spec.channels();
        final int n = Math.min(MOVED, records.length / dims);
        final float[][] z = posteriors(records, n, new SplittableRandom(5));
        final byte[] given = Arrays.copyOf(records, n * dims);
        final double[] changed = new double[spec.latents()];
        for (int d = 0; d < changed.length; d++) {
            final byte[][] drawn = new byte[2][];
            for (int side = 0; side < 2; side++) {
                final float[][] moved = new float[n][];
                for (int b = 0; b < n; b++) {
                    moved[b] = z[b].clone();
                    moved[b][d] = 2 * side - 1;
                }
                drawn[side] = head.draw(given, features(moved), randoms(n, new SplittableRandom(6)));
            }
            for (int i = 0; i < drawn[0].length; i += channels) {
                int most = 0;
                for (int c = i; c < i + channels; c++) {
                    most = Math.max(most, Math.abs((drawn[0][c] & 0xff) - (drawn[1][c] & 0xff)));
                }
                changed[d] += SHARE * most > spec.levels() - 1 ? 1.0 / n : 0;
            }
        }
        return changed;
    }

    /** Nats that the samples of the first records take, given their latents in units of their priors. */
    private double crossEntropy(byte[] records, float[][] z) {
        final int[] everywhere = IntStream.range(0, spec.pixels()).toArray();
        return head.value(new HeadBatch(records, z.length, everywhere, features(z)));
    }

    private static void section(StringBuilder page, String title, String picture, String text) {
        page.append("<h2>").append(title).append("</h2>\n<p>").append(text).append("</p>\n<img src=\"").append(picture)
                .append("\" alt=\"").append(title).append("\">\n");
    }

    /** Returns false if the training was too short for a curve. */
    private boolean loss(List<TrainingListener.Progress> history) throws IOException {
        final List<TrainingListener.Progress> rows = history.stream().filter(p -> Double.isFinite(p.train())).toList();
        if (rows.size() < 2) {
            return false;
        }
        final XYChart chart = new XYChartBuilder().width(CHART_WIDTH).height(CHART_HEIGHT).title(spec.name())
                .xAxisTitle("minutes").yAxisTitle("bits/dim").build();
        chart.addSeries("train", rows.stream().mapToDouble(TrainingListener.Progress::minutes).toArray(),
                rows.stream().mapToDouble(TrainingListener.Progress::train).toArray()).setMarker(SeriesMarkers.NONE);
        final List<TrainingListener.Progress> measured = rows.stream()
                .filter(p -> Double.isFinite(p.validation())).toList();
        if (!measured.isEmpty()) {
            chart.addSeries("validation", measured.stream().mapToDouble(TrainingListener.Progress::minutes).toArray(),
                    measured.stream().mapToDouble(TrainingListener.Progress::validation).toArray());
        }
        // The first minutes are far above the rest; the axis shows what the rest does.
        final double[] sorted = rows.stream().mapToDouble(TrainingListener.Progress::train).sorted().toArray();
        chart.getStyler().setYAxisMax(sorted[(int) (0.95 * (sorted.length - 1))] * 1.02);
        BitmapEncoder.saveBitmap(chart, folder.resolve("loss.png").toString(), BitmapEncoder.BitmapFormat.PNG);
        return true;
    }

    private void divergences(double[] klBits) throws IOException {
        final double[] sorted = Arrays.stream(klBits).sorted().toArray();
        final CategoryChart chart = new CategoryChartBuilder().width(CHART_WIDTH).height(CHART_HEIGHT)
                .title(spec.name()).xAxisTitle("latent, by size").yAxisTitle("KL divergence, bits for each record")
                .build();
        final double[] falling = IntStream.range(0, sorted.length)
                .mapToDouble(i -> sorted[sorted.length - 1 - i]).toArray();
        chart.addSeries("KL", IntStream.range(0, sorted.length).mapToDouble(i -> i + 1).toArray(), falling);
        chart.getStyler().setLegendVisible(false);
        BitmapEncoder.saveBitmap(chart, folder.resolve("kl.png").toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    /** The layers' shares, from the top, where there are several. */
    private static String layers(ModelSpec spec, double[] klBits) {
        if (spec.latentLayers().size() < 2) {
            return "";
        }
        final StringBuilder text = new StringBuilder(" Layer by layer, given the one above:");
        int first = 0;
        for (int k = spec.latentLayers().size(); k > 0; k--) {
            final double[] layer = Arrays.copyOfRange(klBits, first, first + spec.latentLayers().get(k - 1));
            text.append(String.format(Locale.ROOT, " z%d %.1f bits in %d of %d latents%s", k,
                    Arrays.stream(layer).sum(), Arrays.stream(layer).filter(Report::isInUse).count(), layer.length,
                    k > 1 ? "," : "."));
            first += layer.length;
        }
        return text.toString();
    }

    private void samples() throws IOException {
        final SplittableRandom random = new SplittableRandom(1);
        final int n = COLUMNS * ROWS;
        final float[][] z = new float[n][spec.latents()];
        for (float[] row : z) {
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) gaussian(random);
            }
        }
        picture("samples.png", draw(z, randoms(n, random)), COLUMNS);
    }

    private void reconstructions(byte[] records) throws IOException {
        final SplittableRandom random = new SplittableRandom(2);
        final int dims = spec.dims();
        final int n = Math.min(2 * COLUMNS, records.length / dims);
        final float[][] z = posteriors(records, n, random);
        final byte[] drawn = draw(z, randoms(n, random));
        final int wide = Math.min(COLUMNS, n);
        final int pairs = n / wide;
        final byte[] both = new byte[2 * pairs * wide * dims];
        for (int row = 0; row < pairs; row++) {
            System.arraycopy(records, row * wide * dims, both, 2 * row * wide * dims, wide * dims);
            System.arraycopy(drawn, row * wide * dims, both, (2 * row + 1) * wide * dims, wide * dims);
        }
        picture("reconstructions.png", both, wide);
    }

    private void traversal(double[] klBits) throws IOException {
        final int[] largest = IntStream.range(0, klBits.length).boxed()
                .sorted(Comparator.comparingDouble(d -> -klBits[d])).limit(TRAVERSED).mapToInt(d -> d).toArray();
        final float[][] z = new float[largest.length * STEPS][spec.latents()];
        final SplittableRandom[] randoms = new SplittableRandom[z.length];
        for (int row = 0; row < largest.length; row++) {
            for (int step = 0; step < STEPS; step++) {
                z[row * STEPS + step][largest[row]] = (float) (REACH * (2.0 * step / (STEPS - 1) - 1));
                // The same luck everywhere, so that only the latent makes a difference.
                randoms[row * STEPS + step] = new SplittableRandom(3);
            }
        }
        picture("traversal.png", draw(z, randoms), STEPS);
    }

    private byte[] draw(float[][] z, SplittableRandom[] randoms) {
        return head.draw(features(z), randoms);
    }

    /** The features of all pixels of records with these latents, {@code [records][pixels][features]}. */
    private float[] features(float[][] z) {
        final int perRecord = spec.pixels() * spec.features();
        final float[] features = new float[z.length * perRecord];
        if (perRecord > 0) {
            for (int b = 0; b < z.length; b++) {
                System.arraycopy(mlp("decoder", values(z[b])), 0, features, b * perRecord, perRecord);
            }
        }
        return features;
    }

    /** Samples of the posteriors of the first {@code n} records. */
    private float[][] posteriors(byte[] records, int n, SplittableRandom random) {
        final int dims = spec.dims();
        final float[][] z = new float[n][];
        for (int b = 0; b < n; b++) {
            final float[] x01 = new float[dims];
            Sampler.toX01(Arrays.copyOfRange(records, b * dims, (b + 1) * dims), x01, spec.levels());
            z[b] = posterior(x01, random);
        }
        return z;
    }

    /** A sample of the posterior: latents in units of their priors, those of the top layer first. */
    private float[] posterior(float[] x01, SplittableRandom random) {
        final float[] e = new float[spec.latents()];
        final float[] seen = hidden("encoder", x01);
        float[] above = null;
        int first = 0;
        for (int k = spec.latentLayers().size(); k > 0; k--) {
            final int width = spec.latentLayers().get(k - 1);
            final float[] out = above == null ? mlp("encoder", x01) : posterior(k, seen, above);
            for (int d = 0; d < width; d++) {
                e[first + d] = (float) (out[d] + sigma(out[width + d]) * gaussian(random));
            }
            above = layer(k, above, e, first);
            first += width;
        }
        return e;
    }

    /** Means and logarithms of deviations of layer k, in units of its prior given the layer above. */
    private float[] posterior(int k, float[] seen, float[] above) {
        final Transition.Backward backward = spec.transitions().get(k - 1).backward();
        if (backward == Transition.Backward.RELATIVE) {
            return mlp("posterior." + k, join(seen, above));
        }
        final float[] evidence = mlp("evidence." + k, seen);
        final float[] prior = mlp("prior." + k, above);
        final int width = prior.length / 2;
        for (int d = 0; d < width; d++) {
            final double p = sigma(prior[width + d]);
            final double e = Math.exp(Math.max(-6, Math.min(4, evidence[width + d])));
            evidence[d] = (float) ((evidence[d] - prior[d]) * p / (p * p + e * e));
            evidence[width + d] = (float) (Math.log(e) - Math.log(p * p + e * e) / 2);
        }
        return evidence;
    }

    /** The values of the layer of latents that the decoder sees, from those of all layers in units of their priors. */
    private float[] values(float[] e) {
        float[] z = null;
        int first = 0;
        for (int k = spec.latentLayers().size(); k > 0; k--) {
            z = layer(k, z, e, first);
            first += z.length;
        }
        return z;
    }

    private float[] layer(int k, float[] above, float[] e, int first) {
        final int width = spec.latentLayers().get(k - 1);
        final float[] z = Arrays.copyOfRange(e, first, first + width);
        if (above != null) {
            final float[] prior = mlp("prior." + k, above);
            for (int d = 0; d < width; d++) {
                z[d] = (float) (prior[d] + sigma(prior[width + d]) * z[d]);
            }
        }
        return z;
    }

    private static double sigma(float logSigma) {
        return Math.exp(Math.max(-6, Math.min(1, logSigma)));
    }

    private static float[] join(float[] a, float[] b) {
        final float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** A network of one record, plainly. */
    private float[] mlp(String net, float[] input) {
        return dense(net + ".out", hidden(net, input));
    }

    private float[] hidden(String net, float[] input) {
        float[] x = input;
        for (int l = 0; layout.has(net + "." + l + ".weight"); l++) {
            x = dense(net + "." + l, x);
            for (int o = 0; o < x.length; o++) {
                x[o] = x[o] > 0 ? x[o] : activation(x[o]);
            }
        }
        return x;
    }

    /** The activation of a number that is not positive; of others it is the number itself. */
    private float activation(float x) {
        return switch (spec.activation()) {
            case ELU -> (float) Math.expm1(x);
            case SQLU -> {
                final float m = Math.max(x, -2);
                yield m + m * m / 4;
            }
        };
    }

    private float[] dense(String layer, float[] x) {
        final int out = layout.length(layer + ".bias");
        final int bias = layout.offset(layer + ".bias");
        final float[] y = Arrays.copyOfRange(weights, bias, bias + out);
        for (int i = 0; i < x.length; i++) {
            final int row = layout.offset(layer + ".weight") + i * out;
            for (int o = 0; o < out; o++) {
                y[o] += x[i] * weights[row + o];
            }
        }
        return y;
    }

    private static SplittableRandom[] randoms(int n, SplittableRandom random) {
        return IntStream.range(0, n).mapToObj(i -> random.split()).toArray(SplittableRandom[]::new);
    }

    private static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private void picture(String name, byte[] records, int columns) throws IOException {
        final int height = spec.shape().get(0);
        final int width = spec.shape().get(1);
        final int channels = spec.channels();
        final int n = records.length / spec.dims();
        final int rows = (n + columns - 1) / columns;
        final BufferedImage image = new BufferedImage(columns * (width + GAP) * ZOOM, rows * (height + GAP) * ZOOM,
                channels == RGB ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
        for (int b = 0; b < n; b++) {
            for (int i = 0; i < spec.dims(); i++) {
                final int level = (records[b * spec.dims() + i] & 0xff) * (spec.levels() == 2 ? 255 : 1);
                final int pixel = i / channels;
                for (int k = 0; k < ZOOM * ZOOM; k++) {
                    image.getRaster().setSample(((b % columns) * (width + GAP) + pixel % width) * ZOOM + k % ZOOM,
                            (b / columns * (height + GAP) + pixel / width) * ZOOM + k / ZOOM, i % channels, level);
                }
            }
        }
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }
}
