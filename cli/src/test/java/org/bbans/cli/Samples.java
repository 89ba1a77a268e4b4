package org.bbans.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.bbans.codec.format.FormatException;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.Description;

/** Files and models to test with. */
public final class Samples {

    private Samples() {}

    /** Grey 8x8 images with bright discs. */
    static byte[] images(int count) {
        Random random = new Random(8);
        byte[] pixels = new byte[count * 64];
        for (int i = 0; i < count; i++) {
            int cx = 2 + random.nextInt(4);
            int cy = 2 + random.nextInt(4);
            for (int p = 0; p < 64; p++) {
                int d = (p % 8 - cx) * (p % 8 - cx) + (p / 8 - cy) * (p / 8 - cy);
                pixels[i * 64 + p] = (byte) (d > 6 ? 0 : 250 - 20 * d + random.nextInt(6));
            }
        }
        return pixels;
    }

    static byte[] idx(int count) {
        return concat(ByteBuffer.allocate(16).putInt(0x803).putInt(count).putInt(8).putInt(8).array(), images(count));
    }

    /** The first digits of the MNIST test part as an IDX file. */
    static byte[] digits(int count) throws IOException {
        int size = 28 * 28;
        Path file = Path.of(System.getProperty("bbans.testdata"), "mnist", "t10k-images-idx3-ubyte");
        byte[] head = ByteBuffer.allocate(16).putInt(0x803).putInt(count).putInt(28).putInt(28).array();
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(head.length);
            return concat(head, in.readNBytes(count * size));
        }
    }

    /** An IDX file of square pictures of grey noise, each of which is about as bright as one of some. */
    static byte[] noiseIdx(int count, int side, double deviation, int... brightness) {
        Random random = new Random(1);
        ByteBuffer out = ByteBuffer.allocate(16 + count * side * side);
        out.putInt(0x803).putInt(count).putInt(side).putInt(side);
        for (int r = 0; r < count; r++) {
            int base = brightness[random.nextInt(brightness.length)];
            for (int i = 0; i < side * side; i++) {
                out.put((byte) (base + deviation * random.nextGaussian()));
            }
        }
        return out.array();
    }

    private static boolean isInk(byte pixel) {
        return (pixel & 0xFF) >= 225;
    }

    /** The centres of these discs, as bytes 0 and 255. */
    static byte[] twoValuedIdx(int count) {
        byte[] content = idx(count);
        for (int i = 16; i < content.length; i++) {
            content[i] = (byte) (isInk(content[i]) ? 255 : 0);
        }
        return content;
    }

    static byte[] pgm(int count) {
        return concat(("P5\n8 " + 8 * count + "\n255\n").getBytes(StandardCharsets.US_ASCII), images(count));
    }

    static byte[] pbm(int count) {
        byte[] pixels = images(count);
        byte[] rows = new byte[pixels.length / 8];
        for (int i = 0; i < pixels.length; i++) {
            rows[i / 8] |= (byte) ((isInk(pixels[i]) ? 0x80 : 0) >> i % 8);
        }
        return concat(("P4\n8 " + 8 * count + "\n").getBytes(StandardCharsets.US_ASCII), rows);
    }

    static byte[] npy(int count) {
        byte[] text = ("{'descr': '|u1', 'fortran_order': False, 'shape': (" + count + ", 8, 8), }\n")
                .getBytes(StandardCharsets.US_ASCII);
        return concat(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0}, text,
                images(count));
    }

    /** The samples of an IDX file of images as rows of text, each behind a label, and a line before them. */
    static byte[] csv(byte[] idx, int columns) {
        byte[] samples = Arrays.copyOfRange(idx, 16, idx.length);
        StringBuilder text = new StringBuilder("label");
        for (int i = 0; i < columns; i++) {
            text.append(",pixel").append(i);
        }
        for (int i = 0; i < samples.length; i++) {
            text.append(i % columns == 0 ? "\n" + i / columns * 7 % 10 + "," : ",").append(samples[i] & 0xFF);
        }
        return text.append("\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The samples of an IDX file of images as numbers from 0 to 1, in an NPY file. */
    static byte[] npyOfFloats(byte[] idx, String shape) {
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n";
        ByteBuffer out = ByteBuffer.allocate(10 + text.length() + Float.BYTES * (idx.length - 16))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1)).putShort((short) text.length());
        out.put(text.getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 16; i < idx.length; i++) {
            out.putFloat((idx[i] & 0xFF) / 255f);
        }
        return out.array();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] text() {
        return "It is a truth universally acknowledged. ".repeat(500).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A model of 8x8 grey images: random weights, but it knows how often each level occurs. */
    static ModelFile greyModel() {
        return model("""
                {"version":1,"name":"grey-8x8","shape":[8,8],"levels":256,"latents":4,
                 "encoder":{"hidden":[16]},"decoder":{"hidden":[16],"features":2},
                 "likelihood":{"kind":"categorical","window":{"radius":1,"rows":1},"hidden":[8],"rank":4}}""");
    }

    /** A model of 8x8 two-valued images. */
    static ModelFile twoValuedModel() {
        return model("""
                {"version":1,"name":"binary-8x8","shape":[8,8],"levels":2,"latents":4,
                 "encoder":{"hidden":[16]},"decoder":{"hidden":[16],"features":2},
                 "likelihood":{"kind":"bernoulli","window":{"radius":1,"rows":1},"hidden":[8]}}""");
    }

    private static ModelFile model(String json) {
        try {
            Description spec = Description.parse(json);
            Random random = new Random(5);
            Map<String, float[]> weights = new HashMap<>();
            for (Map.Entry<String, List<Integer>> tensor : spec.tensors().entrySet()) {
                float[] w = new float[tensor.getValue().stream().reduce(1, (a, b) -> a * b)];
                for (int i = 0; i < w.length; i++) {
                    w[i] = (float) (0.05 * random.nextGaussian());
                }
                weights.put(tensor.getKey(), w);
            }
            if (spec.levels() == 2) {
                weights.get("head.out.bias")[0] = -2.4f;
            } else {
                float[] bias = weights.get("table.bias");
                int[] counts = new int[256];
                for (byte pixel : images(100)) {
                    counts[pixel & 0xFF]++;
                }
                for (int level = 0; level < 256; level++) {
                    bias[level] = (float) Math.log(counts[level] + 0.5);
                }
            }
            return ModelFile.of(spec, weights, Optional.empty(), Safetensors.DType.F32);
        } catch (FormatException e) {
            throw new AssertionError(e);
        }
    }

    public static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
