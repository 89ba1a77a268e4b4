package org.bbans.model.train;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.bbans.model.spec.ModelSpec;

/**
 * The records of a training, as levels, cut into a training and a validation part. With binarisation the training part
 * stays in 8 bits, and {@link #draw} draws from it.
 */
final class TrainingData {

    private static final int IDX_BYTES = 0x08;

    private final int dims;
    private final int width;
    private final int channels;
    private final TrainingOptions.Variation variation;
    private final byte[] train;
    private final byte[] validation;
    private final String sha256;

    private TrainingData(ModelSpec spec, TrainingOptions.Variation variation, byte[] train, byte[] validation,
                         String sha256) {
        dims = spec.dims();
        channels = spec.shape().size() == 3 ? spec.shape().get(2) : 1;
        width = spec.shape().get(Math.min(1, spec.shape().size() - 1));
        this.variation = variation;
        this.train = train;
        this.validation = validation;
        this.sha256 = sha256;
    }

    /**
     * Reads the data of a training.
     *
     * @throws IOException if the file cannot be read, is not an IDX file of bytes, or does not suit the model
     */
    static TrainingData read(TrainingOptions options) throws IOException {
        final Path path = options.data().file();
        final byte[] file = Files.readAllBytes(path);
        final byte[] idx = unzip(file);
        if (idx.length < 4 || idx[0] != 0 || idx[1] != 0 || idx[2] != IDX_BYTES || idx[3] < 2
            || idx.length < 4 + 4 * idx[3]) {
            throw new IOException(path + ": not an IDX file of bytes");
        }
        final ByteBuffer header = ByteBuffer.wrap(idx);
        final List<Integer> shape = new ArrayList<>();
        for (int i = 1; i < idx[3]; i++) {
            shape.add(header.getInt(4 + 4 * i));
        }
        final ModelSpec spec = options.spec();
        final int dims = spec.dims();
        final int records = header.getInt(4);
        final int start = 4 + 4 * idx[3];
        if (!shape.equals(spec.shape()) || records < 0 || (long) records * dims != idx.length - start) {
            throw new IOException(path + ": records of shape " + shape + " do not suit a model of shape "
                + spec.shape());
        }
        final int usable = records - options.data().holdout();
        if (usable <= options.data().validation()) {
            throw new IOException(path + ": " + records + " records are too few for a training");
        }
        final byte[] levels = Arrays.copyOfRange(idx, start, start + usable * dims);
        if (spec.levels() == 2 && !options.variation().binarise()) {
            toTwoLevels(levels, path);
        }
        final int split = (usable - options.data().validation()) * dims;
        final byte[] validation = Arrays.copyOfRange(levels, split, levels.length);
        if (options.variation().binarise()) {
            binarise(validation, 0, validation.length, new SplittableRandom(options.seed()));
        }
        return new TrainingData(spec, options.variation(), Arrays.copyOf(levels, split), validation, hash(file));
    }

    private static byte[] unzip(byte[] file) throws IOException {
        if (file.length < 2 || (file[0] & 0xff) != 0x1f || (file[1] & 0xff) != 0x8b) {
            return file;
        }
        try (InputStream in = new BufferedInputStream(new GZIPInputStream(new ByteArrayInputStream(file)))) {
            return in.readAllBytes();
        }
    }

    private static String hash(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The smaller of the two values becomes 0, the larger 1. */
    private static void toTwoLevels(byte[] samples, Path path) throws IOException {
        int low = 255;
        int high = 0;
        for (byte b : samples) {
            low = Math.min(low, b & 0xff);
            high = Math.max(high, b & 0xff);
        }
        for (int i = 0; i < samples.length; i++) {
            final int v = samples[i] & 0xff;
            if (v != low && v != high) {
                throw new IOException(path + ": has more than two values; a two-valued model needs binarisation");
            }
            samples[i] = (byte) (v == low ? 0 : 1);
        }
    }

    private static void binarise(byte[] samples, int off, int n, SplittableRandom random) {
        for (int i = off; i < off + n; i++) {
            samples[i] = (byte) (random.nextInt(255) < (samples[i] & 0xff) ? 1 : 0);
        }
    }

    int records() {
        return train.length / dims;
    }

    int validationRecords() {
        return validation.length / dims;
    }

    /** Levels of the validation part; not a copy. */
    byte[] validation() {
        return validation;
    }

    /** SHA-256 of the records' file, in hexadecimal. */
    String sha256() {
        return sha256;
    }

    /** Copies a record's levels to {@code to}, moved, mirrored and binarised at random if this training does that. */
    void draw(int record, byte[] to, int off, SplittableRandom random) {
        final int shift = variation.shift();
        if (shift > 0) {
            move(record * dims, to, off, random.nextInt(-shift, shift + 1), random.nextInt(-shift, shift + 1));
        } else {
            System.arraycopy(train, record * dims, to, off, dims);
        }
        if (variation.flip() && random.nextBoolean()) {
            mirror(to, off);
        }
        if (variation.binarise()) {
            binarise(to, off, dims, random);
        }
    }

    private void mirror(byte[] record, int off) {
        final int line = width * channels;
        for (int start = off; start < off + dims; start += line) {
            for (int left = 0, right = width - 1; left < right; left++, right--) {
                for (int c = 0; c < channels; c++) {
                    final byte b = record[start + left * channels + c];
                    record[start + left * channels + c] = record[start + right * channels + c];
                    record[start + right * channels + c] = b;
                }
            }
        }
    }

    /** What comes in at the edges is level 0. */
    private void move(int from, byte[] to, int off, int dy, int dx) {
        Arrays.fill(to, off, off + dims, (byte) 0);
        final int height = dims / width;
        final int n = width - Math.abs(dx);
        for (int y = Math.max(0, dy); y < Math.min(height, height + dy) && n > 0; y++) {
            System.arraycopy(train, from + (y - dy) * width + Math.max(0, -dx), to,
                off + y * width + Math.max(0, dx), n);
        }
    }

    /** How often each level occurs in the training part; what binarisation gives on average, if there is any. */
    double[] histogram(int levels) {
        final double[] counts = new double[levels];
        for (byte b : train) {
            if (variation.binarise()) {
                counts[1] += (b & 0xff) / 255.0;
                counts[0] += 1 - (b & 0xff) / 255.0;
            } else {
                counts[b & 0xff]++;
            }
        }
        return counts;
    }
}
