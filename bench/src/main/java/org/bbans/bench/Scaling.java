package org.bbans.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Effort;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageGrid;

/**
 * Whole archives, verified as they are written, on one thread and on several: 60,000 digits in blocks of 10,000 with
 * the default model, or images. Wall-clock time, one and several threads taking turns in one process that has warmed
 * up, so that the compiler's threads, which a first run keeps busy beside its own, do not count.
 *
 * <p>Usage: {@code Scaling [THREADS [ROUNDS [MODEL IMAGE...]]]}, 2 threads and 5 rounds if it does not say. MODEL is a
 * built-in one of images, which are those of {@link ImageFiles}, of 8 bits and all of one shape; each is a group.
 */
public final class Scaling {

    private static final int COPIES = 6;
    private static final int RECORDS = 10_000;

    private final BuiltInModels models = new BuiltInModels();
    private final byte[] content;
    private final ArchiveOptions options;

    private Scaling(byte[] content, ArchiveOptions options) {
        this.content = content;
        this.options = options;
    }

    /** Nanoseconds of a round. */
    private record Round(long compress, long decompress) {}

    /** @param args see the class */
    public static void main(String[] args) throws IOException {
        final int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        final int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        System.out.println("Java " + Runtime.version() + ", " + Engines.describe() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        final Scaling scaling = args.length < 3
                ? ofDigits()
                : ofImages(args[2], Arrays.asList(args).subList(3, args.length));
        scaling.run(threads, rounds);
    }

    private static Scaling ofDigits() throws IOException {
        final byte[] digits = Images.mnist(RECORDS);
        final byte[] content = new byte[COPIES * digits.length];
        for (int i = 0; i < COPIES; i++) {
            System.arraycopy(digits, 0, content, i * digits.length, digits.length);
        }
        System.out.println(COPIES * RECORDS + " digits, " + BenchModels.DEFAULT);
        return new Scaling(content, ArchiveOptions.DEFAULT.withRecords(
                Layout.of(0, SampleFormat.U8, Images.HEIGHT, Images.WIDTH), BenchModels.codec(BenchModels.DEFAULT)));
    }

    private static Scaling ofImages(String model, List<String> files) throws IOException {
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        ImageGrid first = null;
        for (String file : files) {
            final ImageFiles image = ImageFiles.read(file, 1);
            if (first != null && !image.grid().equals(first)) {
                throw new IllegalArgumentException(file + " has another shape than " + files.get(0));
            }
            first = image.grid();
            for (short sample : image.samples()) {
                content.write(sample);
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("name images");
        }
        System.out.println(files.size() + " images, " + model);
        final ImageCodec codec = new BuiltInModels().imagesByName(model).map(Effort.BALANCED::applied)
                .orElseThrow(() -> new IllegalArgumentException("no built-in model of images " + model));
        return new Scaling(content.toByteArray(), ArchiveOptions.DEFAULT.withRecords(
                Layout.of(0, SampleFormat.U8, first.height(), first.width(), first.channels()), codec)
                .withBlockRecords(1));
    }

    private void run(int threads, int rounds) throws IOException {
        round(1);
        round(threads);
        final double[][] ratios = new double[3][rounds];
        for (int r = 0; r < rounds; r++) {
            final Round one = round(1);
            final Round many = round(threads);
            ratios[0][r] = (double) one.compress / many.compress;
            ratios[1][r] = (double) one.decompress / many.decompress;
            ratios[2][r] = (double) (one.compress + one.decompress) / (many.compress + many.decompress);
            System.out.printf(Locale.ROOT,
                    "seconds on 1 thread and on %d: compress %.1f, %.1f; decompress %.1f, %.1f%n", threads,
                    one.compress * 1e-9, many.compress * 1e-9, one.decompress * 1e-9, many.decompress * 1e-9);
        }
        System.out.printf(Locale.ROOT, "median ratios: compress %.2f, decompress %.2f, both together %.2f%n",
                RoundRobin.median(ratios[0]), RoundRobin.median(ratios[1]), RoundRobin.median(ratios[2]));
    }

    private Round round(int threads) throws IOException {
        final long begin = System.nanoTime();
        final ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (OutputStream out = new ArchiveOutputStream(archive, options.withThreads(threads))) {
            out.write(content);
        }
        final long middle = System.nanoTime();
        final byte[] back;
        try (InputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive.toByteArray()), models,
                ReadOptions.DEFAULT.withThreads(threads))) {
            back = in.readAllBytes();
        }
        final long end = System.nanoTime();
        if (!Arrays.equals(back, content)) {
            throw new IllegalStateException("the archive does not hold what was written");
        }
        return new Round(middle - begin, end - middle);
    }
}
