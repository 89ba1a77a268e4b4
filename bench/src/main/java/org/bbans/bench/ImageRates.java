package org.bbans.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RasterShape;
import org.bbans.model.Effort;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageCoder;
import org.bbans.model.image.ImageGrid;
import org.bbans.model.image.ImageModel;
import org.bbans.model.image.ImageOptions;

/**
 * Codes and decodes images with a model that learns while it codes: {@code ImageRates MODEL [switches] FILE...} prints
 * bytes, bits a sample, and speed each way by the thread's processor time. Switches: {@code --reference},
 * {@code --no-squares}, {@code --no-learning}, {@code --no-mixing}, {@code --effort EFFORT} (leaves out the counts
 * where that effort does), {@code --limit RECORDS}, {@code --block SAMPLES}, {@code --scalar}, {@code --encode-only}
 * (prints sizes that were not decoded, marked so).
 */
public final class ImageRates {

    private ImageRates() {}

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException, FormatException {
        boolean reference = false;
        boolean squares = true;
        boolean learning = true;
        boolean mixing = true;
        boolean decode = true;
        int limit = Integer.MAX_VALUE;
        int block = 1 << 21;
        Engine engine = Engines.preferred();
        Effort effort = null;
        final List<String> files = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            switch (args[i]) {
                case "--reference" -> reference = true;
                case "--no-squares" -> squares = false;
                case "--no-learning" -> learning = false;
                case "--no-mixing" -> mixing = false;
                case "--scalar" -> engine = Engine.SCALAR;
                case "--encode-only" -> decode = false;
                case "--effort" -> effort = Effort.valueOf(args[++i].toUpperCase(Locale.ROOT));
                case "--limit" -> limit = Integer.parseInt(args[++i]);
                case "--block" -> block = Integer.parseInt(args[++i]);
                default -> files.add(args[i]);
            }
        }
        final byte[] file = Files.readAllBytes(Path.of(args[0]));
        final Function<ImageGrid, RasterCodec.Group> groups = effort != null
                ? groups(effort.applied(ImageCodec.parse(file).withReference(reference)))
                : groups(ImageModel.parse(file), new ImageOptions(reference, squares, learning, mixing), engine);
        long bytes = 0;
        long samples = 0;
        double[] seconds = new double[2];
        for (String name : files) {
            final ImageFiles image = ImageFiles.read(name, limit);
            final double[] time = new double[2];
            final long size = code(groups, image, block, decode, time);
            print(Path.of(name).getFileName().toString(), size, image.samples().length, image.grid(), time, decode);
            bytes += size;
            samples += image.samples().length;
            seconds[0] += time[0];
            seconds[1] += time[1];
        }
        if (files.size() > 1) {
            print("all", bytes, samples, null, seconds, decode);
        }
    }

    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void print(String name, long bytes, long samples, ImageGrid grid, double[] time, boolean decoded) {
        System.out.printf(Locale.ROOT, "%-28s %10d bytes %8.4f b/sample %7.3f MB/s in %7.3f MB/s out%s%n", name, bytes,
                8.0 * bytes / samples, samples / time[0] / 1e6, samples / time[1] / 1e6, decoded ? "" : " NOT DECODED");
    }

    /** Groups as {@code bbans compress} codes them. */
    private static Function<ImageGrid, RasterCodec.Group> groups(ImageCodec codec) {
        return grid -> codec.group(new RasterShape(grid.height(), grid.width(), grid.channels(), grid.levels()),
                grid.records(), true);
    }

    /** Groups of which parts may be left out. */
    private static Function<ImageGrid, RasterCodec.Group> groups(ImageModel model, ImageOptions options,
            Engine engine) {
        return grid -> new RasterCodec.Group() {

            private final ImageCoder coder = new ImageCoder(model, grid, options, engine);

            @Override
            public byte[] encode(short[] samples, int rows, IntConsumer done) {
                return coder.encode(samples, rows);
            }

            @Override
            public void decode(byte[] payload, short[] samples, int rows, IntConsumer done)
                    throws CorruptArchiveException {
                coder.decode(payload, samples, rows);
            }
        };
    }

    private static long code(Function<ImageGrid, RasterCodec.Group> groups, ImageFiles image, int block,
            boolean decode, double[] time) throws FormatException {
        final ImageGrid grid = image.grid();
        final List<byte[]> payloads = new ArrayList<>();
        long bytes = 0;
        int perBlock = Math.max(1, block / grid.rowSamples());
        if (perBlock > grid.height()) {
            perBlock -= perBlock % grid.height();
        }
        long start = now();
        final RasterCodec.Group encoder = groups.apply(grid);
        for (long row = 0; row < grid.rows(); row += perBlock) {
            final int rows = (int) Math.min(perBlock, grid.rows() - row);
            final int from = Math.toIntExact(row * grid.rowSamples());
            payloads.add(encoder.encode(Arrays.copyOfRange(image.samples(), from, from + rows * grid.rowSamples()),
                    rows, n -> {}));
            bytes += payloads.get(payloads.size() - 1).length;
        }
        time[0] = (now() - start) * 1e-9;
        if (!decode) {
            return bytes;
        }
        start = now();
        final RasterCodec.Group decoder = groups.apply(grid);
        final short[] out = new short[image.samples().length];
        long row = 0;
        for (byte[] payload : payloads) {
            final int rows = (int) Math.min(perBlock, grid.rows() - row);
            final short[] part = new short[rows * grid.rowSamples()];
            decoder.decode(payload, part, rows, n -> {});
            System.arraycopy(part, 0, out, Math.toIntExact(row * grid.rowSamples()), part.length);
            row += rows;
        }
        time[1] = (now() - start) * 1e-9;
        if (!Arrays.equals(out, image.samples())) {
            throw new AssertionError("what was decoded differs");
        }
        return bytes;
    }
}
