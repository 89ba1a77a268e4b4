package org.bbans.codec.content.tiff;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.Deflater;

/** Writes TIFF files of random images, packed, by what the standard says, and the Netpbm images that they hold. */
final class TiffWriter {

    private final Random random;
    final ByteOrder order;
    private final boolean isBig;
    private final boolean isLzw;
    private final LzwEncoder.Rule rule;
    private final int level;
    /** Bytes of the file, and of the images. */
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    final ByteArrayOutputStream images = new ByteArrayOutputStream();

    TiffWriter(long seed) {
        random = new Random(seed);
        order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        isBig = random.nextInt(3) == 0;
        isLzw = random.nextInt(3) == 0;
        rule = random.nextBoolean() ? LzwEncoder.Rule.FULL : LzwEncoder.Rule.CHECKED;
        level = 1 + random.nextInt(9);
    }

    private ByteBuffer buffer(int n) {
        return ByteBuffer.allocate(n).order(order);
    }

    private void place(int at, long value) {
        byte[] bytes = file.toByteArray();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(order);
        if (isBig) {
            in.putLong(at, value);
        } else {
            in.putInt(at, (int) value);
        }
        file.reset();
        file.writeBytes(bytes);
    }

    /** A file of some images. */
    byte[] write(int pages) throws IOException {
        file.writeBytes(buffer(4).put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII))
                .putShort((short) (isBig ? 43 : 42)).array());
        file.writeBytes(isBig ? buffer(12).putShort((short) 8).array() : buffer(4).array());
        int next = isBig ? 8 : 4;
        boolean same = random.nextBoolean();
        TiffShape shape = shape();
        for (int page = 0; page < pages; page++) {
            shape = same ? shape : shape();
            next = page(shape, next);
        }
        file.writeBytes(new byte[random.nextInt(5)]);
        return file.toByteArray();
    }

    private TiffShape shape() {
        while (true) {
            int bits = new int[] {1, 2, 4, 8, 8, 16}[random.nextInt(6)];
            int tile = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0;
            int rows = 1 + random.nextInt(20);
            int height = tile > 0 ? rows * (1 + random.nextInt(3)) : rows + random.nextInt(30);
            int width = tile > 0 ? tile * (1 + random.nextInt(3)) : 1 + random.nextInt(50);
            int channels = 1 + random.nextInt(5);
            TiffShape shape = new TiffShape(width, height, channels, bits, tile, rows,
                    channels > 1 && random.nextInt(3) == 0, random.nextInt(3) == 0, random.nextBoolean());
            if (shape.isValid()) {
                return shape;
            }
        }
    }

    /** Writes strips and a directory; returns where the place of the next one stands. */
    private int page(TiffShape shape, int place) throws IOException {
        int[] samples = samples(shape);
        netpbm(shape, samples);
        boolean isFirst = random.nextInt(3) == 0;
        int strips = (int) shape.strips();
        byte[][] packed = new byte[strips][];
        int at = 0;
        for (int s = 0; s < strips; s++) {
            packed[s] = pack(strip(shape, samples, s));
        }
        int[] offsets = new int[strips];
        Map<Integer, long[]> fields = new TreeMap<>();
        long cut = shape.tileWidth() > 0 ? random.nextInt(shape.tileWidth()) : 0;
        fields.put(256, new long[] {shape.width() - cut});
        fields.put(257, new long[] {shape.height()});
        fields.put(258, filled(shape.channels(), shape.bits()));
        fields.put(259, new long[] {isLzw ? 5 : random.nextBoolean() ? 8 : 32_946});
        fields.put(277, new long[] {shape.channels()});
        fields.put(284, new long[] {shape.isPlanar() ? 2 : 1});
        fields.put(317, new long[] {shape.isPredicted() ? 2 : 1});
        fields.put(339, filled(shape.channels(), shape.isSigned() ? 2 : 1));
        fields.put(shape.tileWidth() > 0 ? 323 : 278, new long[] {shape.rows()});
        if (shape.tileWidth() > 0) {
            fields.put(322, new long[] {shape.tileWidth()});
        }
        fields.put(shape.tileWidth() > 0 ? 324 : 273, new long[strips]);
        fields.put(shape.tileWidth() > 0 ? 325 : 279, new long[strips]);
        // With the directory in front its size has to be known first.
        at = file.size() + (isFirst ? directory(fields).length : 0);
        int begin = at;
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int s = 0; s < strips; s++) {
            data.writeBytes(new byte[random.nextInt(8) == 0 ? random.nextInt(9) : 0]);
            offsets[s] = begin + data.size();
            data.writeBytes(packed[s]);
            // Sizes may say more than a stream has.
            int more = random.nextInt(20) == 0 ? 1 : 0;
            data.writeBytes(new byte[more]);
            fields.get(shape.tileWidth() > 0 ? 324 : 273)[s] = offsets[s];
            fields.get(shape.tileWidth() > 0 ? 325 : 279)[s] = packed[s].length + more;
        }
        int directory = isFirst ? file.size() : file.size() + data.size();
        if (!isFirst) {
            file.writeBytes(data.toByteArray());
        }
        place(place, directory);
        byte[] bytes = directory(fields);
        file.writeBytes(bytes);
        if (isFirst) {
            file.writeBytes(data.toByteArray());
        }
        return directory + (isBig ? 8 + 20 * fields.size() : 2 + 12 * fields.size());
    }

    private static long[] filled(int n, long value) {
        long[] all = new long[n];
        Arrays.fill(all, value);
        return all;
    }

    /** A directory as it lies at the file's end, with the numbers that have no room in it behind it. */
    private byte[] directory(Map<Integer, long[]> fields) {
        int entry = isBig ? 20 : 12;
        int size = isBig ? 16 + entry * fields.size() : 6 + entry * fields.size();
        long behind = file.size() + size;
        ByteBuffer out = buffer(1 << 18);
        if (isBig) {
            out.putLong(fields.size());
        } else {
            out.putShort((short) fields.size());
        }
        List<ByteBuffer> arrays = new ArrayList<>();
        for (Map.Entry<Integer, long[]> field : fields.entrySet()) {
            int tag = field.getKey();
            long[] n = field.getValue();
            int bytes = tag == 273 || tag == 279 || tag == 324 || tag == 325 ? isBig && tag % 2 == 1 ? 8 : 4 : 2;
            ByteBuffer array = buffer(Math.max(isBig ? 8 : 4, n.length * bytes));
            for (long v : n) {
                if (bytes == 2) {
                    array.putShort((short) v);
                } else if (bytes == 4) {
                    array.putInt((int) v);
                } else {
                    array.putLong(v);
                }
            }
            out.putShort((short) tag).putShort((short) (bytes == 2 ? 3 : bytes == 4 ? 4 : 16));
            boolean inside = n.length * bytes <= (isBig ? 8 : 4);
            if (isBig) {
                out.putLong(n.length);
            } else {
                out.putInt(n.length);
            }
            if (inside) {
                out.put(array.array());
            } else {
                if (isBig) {
                    out.putLong(behind);
                } else {
                    out.putInt((int) behind);
                }
                arrays.add(array);
                behind += array.capacity();
            }
        }
        out.put(new byte[isBig ? 8 : 4]);
        arrays.forEach(array -> out.put(array.array()));
        return Arrays.copyOf(out.array(), out.position());
    }

    private int[] samples(TiffShape shape) {
        int[] samples = new int[shape.width() * shape.height() * shape.channels()];
        int least = shape.isSigned() ? -(1 << shape.bits() - 1) : 0;
        int value = 0;
        for (int i = 0; i < samples.length; i++) {
            value = random.nextInt(3) == 0 ? random.nextInt(1 << shape.bits()) : value;
            samples[i] = value + least;
        }
        return samples;
    }

    private void netpbm(TiffShape shape, int[] samples) {
        images.writeBytes(shape.netpbmHeader());
        for (int s : samples) {
            int level = s + (shape.isSigned() ? 1 << shape.bits() - 1 : 0);
            if (shape.bits() == 16) {
                images.write(level >> 8);
            }
            images.write(level);
        }
    }

    private byte[] strip(TiffShape shape, int[] samples, int strip) {
        int perPlane = (int) shape.stripsOfPlane();
        int t = shape.stripWidth();
        int across = shape.width() / t;
        int top = strip % perPlane / across * shape.rows();
        int left = strip % across * t;
        int c = shape.channels();
        int from = shape.isPlanar() ? strip / perPlane : 0;
        int to = shape.isPlanar() ? from + 1 : c;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int y = top; y < Math.min(top + shape.rows(), shape.height()); y++) {
            StringBuilder bits = new StringBuilder();
            for (int x = left; x < left + t; x++) {
                for (int k = from; k < to; k++) {
                    int v = samples[(y * shape.width() + x) * c + k];
                    v -= shape.isPredicted() && x > left ? samples[(y * shape.width() + x - 1) * c + k] : 0;
                    if (shape.bits() == 16) {
                        out.writeBytes(buffer(2).putShort((short) v).array());
                    } else if (shape.bits() == 8) {
                        out.write(v);
                    } else {
                        bits.append(Integer.toBinaryString(v | 1 << shape.bits()).substring(1));
                    }
                }
            }
            while (bits.length() % 8 != 0) {
                bits.append('0');
            }
            for (int i = 0; i < bits.length(); i += 8) {
                out.write(Integer.parseInt(bits.substring(i, i + 8), 2));
            }
        }
        return out.toByteArray();
    }

    private byte[] pack(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (isLzw) {
            LzwEncoder encoder = new LzwEncoder(out, rule);
            encoder.write(plain, 0, plain.length);
            encoder.finish();
            return out.toByteArray();
        }
        Deflater deflater = new Deflater(level);
        deflater.setInput(plain);
        deflater.finish();
        byte[] zlib = new byte[plain.length * 2 + 1000];
        int n = deflater.deflate(zlib);
        deflater.end();
        return Arrays.copyOf(zlib, n);
    }
}
