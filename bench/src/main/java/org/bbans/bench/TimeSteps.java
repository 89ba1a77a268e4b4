package org.bbans.bench;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.ModelChooser;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.bbans.model.train.path.SdeGradient;

/**
 * What a model in continuous time takes in several numbers of steps, beside the integral that these approach. Arguments
 * are a model file, a file of records, how many of these, and how many paths of each the integral is a mean of.
 * Payloads are decoded and compared.
 */
public final class TimeSteps {

    private static final int[] CODED = {1, 2, 4, 8, 16, 32, 64};
    /** So many steps pass for the integral. */
    private static final int FINE = 512;
    private static final double LN2 = Math.log(2);
    /** Records at a time. */
    private static final int SOME = 1000;

    private TimeSteps() {}

    /** Prints the table. */
    public static void main(String[] args) throws Exception {
        final ModelFile file = ModelFile.parse(Files.readAllBytes(Path.of(args[0])));
        final SdeSpec spec = (SdeSpec) file.description();
        final int records = Integer.parseInt(args[2]);
        final byte[] samples = samples(Path.of(args[1]), records);
        final double dims = (double) records * spec.dims();
        System.out.printf("%-12s %12s %12s %12s%n", "steps", "payload", "bits/dim", "bound");
        final Model model = Model.of(file);
        for (int steps : CODED) {
            final Model coded = model.withSteps(steps);
            final byte[] payload = coded.codec().encode(samples, records);
            final byte[] back = new byte[samples.length];
            model.codec().decode(payload, back, records);
            if (!Arrays.equals(back, samples)) {
                throw new AssertionError("other records came back");
            }
            System.out.printf(Locale.ROOT, "%-12d %,12d %12.5f %12.5f%n", steps, payload.length,
                    8 * payload.length / dims, Elbo.of(coded, samples, records, 1).totalBits() / dims);
        }
        final Parameters layout = new Parameters(spec);
        final SdeGradient loss = new SdeGradient(spec, layout, HeadKernels.best(), FINE, 1, 1);
        loss.load(layout.flat(file));
        for (int steps : new int[] {CODED[CODED.length - 1], FINE}) {
            double nats = 0;
            final int paths = Integer.parseInt(args[3]);
            for (int path = 0; path < paths; path++) {
                for (int from = 0; from < records; from += SOME) {
                    final int n = Math.min(SOME, records - from);
                    final byte[] some = Arrays.copyOfRange(samples, from * spec.dims(), (from + n) * spec.dims());
                    nats += n * loss.terms(some, n, steps, 1, path * 1_000_003L + from, 1, 0, null).mean();
                }
            }
            System.out.printf(Locale.ROOT, "%-12s %12s %12s %12.5f%n", steps + " floats", "", "",
                    nats / LN2 / dims / paths);
        }
    }

    private static byte[] samples(Path file, int records) throws Exception {
        byte[] content = Files.readAllBytes(file);
        if (file.toString().endsWith(".gz")) {
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
                content = in.readAllBytes();
            }
        }
        final Optional<Records> found = LayoutDetector.detect(content, content.length, content.length);
        final Layout layout = found.flatMap(Records::layout).orElseThrow();
        return ModelChooser.samples(layout, content, records);
    }
}
