package org.bbans.codec.content;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bbans.codec.block.ContentView;
import org.bbans.codec.block.Spool;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;

/**
 * Takes an array of NumPy apart whose elements are numbers of several bytes but have at most {@value #MAX_VALUES}
 * different values, such as pixels in floating point: into an array of bytes, the values' ranks, and a table of them.
 *
 * <p>The wrapping's bytes: those of a value, 2, 4 or 8 (u8); the number of values less 1 (u8); these as they stand in
 * the file, rank after rank; the file's header. The content is an NPY file of version 1.
 */
final class RankedWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    static final int KIND = 5;
    /** Greatest number of different values. */
    static final int MAX_VALUES = 256;

    /** Of fewer elements a table would take too large a part. */
    private static final int LEAST_ELEMENTS = 4 * MAX_VALUES;
    private static final int BUFFER = 1 << 16;
    private static final int ALIGNMENT = 64;
    private static final String DAMAGED = "the parameters of the ranked NPY wrapping are damaged";

    private RankedWrapping() {}

    /**
     * How the elements of an array are stored.
     *
     * @param kind f for floating point, i for signed integers, u for others
     * @param bytes of one
     */
    private record Element(char kind, int bytes, boolean bigEndian) {

        static Optional<Element> of(Npy.ArrayHeader description) {
            String type = description.type();
            return type.matches("[fiu][248]")
                    ? Optional.of(new Element(type.charAt(0), type.charAt(1) - '0', description.bigEndian()))
                    : Optional.empty();
        }

        /** The bits of the element at a place of an array, right-aligned. */
        long bits(byte[] from, int at) {
            long bits = 0;
            for (int i = 0; i < bytes; i++) {
                bits = bits << 8 | from[at + (bigEndian ? i : bytes - 1 - i)] & 0xFF;
            }
            return bits;
        }

        void write(long bits, OutputStream to) throws IOException {
            for (int i = 0; i < bytes; i++) {
                to.write((int) (bits >>> 8 * (bigEndian ? bytes - 1 - i : i)));
            }
        }

        /** A number that is the greater, the greater the element's value. */
        private long order(long bits) {
            long top = bits << Long.SIZE - Byte.SIZE * bytes;
            return kind == 'u' ? top ^ Long.MIN_VALUE : kind == 'i' ? top : top ^ (top >> 63 & Long.MAX_VALUE);
        }

        long[] ascending(long[] values) {
            return LongStream.of(values).boxed().sorted(Comparator.comparingLong(this::order))
                    .mapToLong(Long::longValue).toArray();
        }

        /**
         * What the levels 0 to 255 become where arrays are made of pictures: themselves, or numbers from 0 to 1 or from
         * -1 to 1 by the divisions and products that people use. A rank is the level then, though some may be missing.
         *
         * @param scale which of these
         * @return null if there is no such scale
         */
        long[] levels(int scale) {
            if (kind != 'f') {
                return scale == 0 ? LongStream.range(0, MAX_VALUES).toArray() : null;
            }
            return bytes < Float.BYTES || scale > 4 ? null
                    : IntStream.range(0, MAX_VALUES).mapToLong(k -> bits(level(k, scale))).toArray();
        }

        private double level(int k, int scale) {
            return switch (scale) {
                case 0 -> k;
                case 1 -> k / 255.0;
                case 2 -> k * rounded(1 / 255.0);
                case 3 -> k / 256.0;
                default -> rounded(k / 127.5) - 1;
            };
        }

        /** What an operation gives in the element's precision; a float's result rounded twice is rounded right. */
        private double rounded(double x) {
            return bytes == Float.BYTES ? (float) x : x;
        }

        private long bits(double x) {
            return bytes == Float.BYTES ? Float.floatToRawIntBits((float) x) & 0xFFFFFFFFL
                    : Double.doubleToRawLongBits(x);
        }
    }

    /** The different values of an array, as long as there are not too many. */
    private static final class Values {

        private static final int SLOTS = 4 * MAX_VALUES;

        private final long[] slots = new long[SLOTS];
        private final int[] ranks = new int[SLOTS];
        private int count;

        Values() {
            Arrays.fill(ranks, -1);
        }

        /** Returns whether there are still few enough. */
        boolean add(long bits) {
            int slot = slot(bits);
            if (ranks[slot] < 0) {
                slots[slot] = bits;
                ranks[slot] = count++;
            }
            return count <= MAX_VALUES;
        }

        /** Where a value is, or may be put. */
        private int slot(long bits) {
            int slot = (int) (bits * 0x9E3779B97F4A7C15L >>> 54);
            while (ranks[slot] >= 0 && slots[slot] != bits) {
                slot = slot + 1 & SLOTS - 1;
            }
            return slot;
        }

        int rank(long bits) {
            return ranks[slot(bits)];
        }

        /** Gives the values their ranks in a table; returns whether all are in it. */
        boolean rankBy(long[] table) {
            Values other = new Values();
            for (long bits : table) {
                other.add(bits);
            }
            boolean all = true;
            for (int i = 0; i < SLOTS; i++) {
                all &= ranks[i] < 0 || other.rank(slots[i]) >= 0;
            }
            if (all) {
                System.arraycopy(other.slots, 0, slots, 0, SLOTS);
                System.arraycopy(other.ranks, 0, ranks, 0, SLOTS);
            }
            return all;
        }

        long[] all() {
            return IntStream.range(0, SLOTS).filter(i -> ranks[i] >= 0).mapToLong(i -> slots[i]).toArray();
        }
    }

    /** Whether a file that begins like this may be such an array: it is one as far as the beginning goes. */
    static boolean looksRanked(byte[] head, int length) {
        Optional<Npy.ArrayHeader> description =
                Npy.describe(new FileStart(head, length, LayoutDetector.UNKNOWN_SIZE));
        Optional<Element> element = description.flatMap(Element::of);
        if (element.isEmpty()) {
            return false;
        }
        int from = (int) description.get().end();
        int elements = (length - from) / element.get().bytes();
        Values values = new Values();
        for (int i = 0; i < elements; i++) {
            if (!values.add(element.get().bits(head, from + i * element.get().bytes()))) {
                return false;
            }
        }
        return elements >= LEAST_ELEMENTS;
    }

    /**
     * Takes an array apart.
     *
     * @param content receives the array of ranks; left with anything if the result is empty
     * @return the wrapping's bytes; empty if the file is no such array and nothing else
     * @throws IOException if something cannot be read or written
     */
    static Optional<byte[]> unwrap(ContentView file, Spool content) throws IOException {
        byte[] head = file.start(BUFFER);
        Optional<Npy.ArrayHeader> description = Npy.describe(new FileStart(head, head.length, file.size()));
        Optional<Element> found = description.flatMap(Element::of);
        if (found.isEmpty() || (file.size() - description.get().end()) % found.get().bytes() != 0) {
            return Optional.empty();
        }
        Element element = found.get();
        int end = (int) description.get().end();
        Values values = new Values();
        if (!each(file, end, element, values::add)) {
            return Optional.empty();
        }
        long[] table = table(element, values);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.write(element.bytes());
        data.write(table.length - 1);
        for (long bits : table) {
            element.write(bits, data);
        }
        data.write(head, 0, end);
        BufferedOutputStream ranks = new BufferedOutputStream(content, BUFFER);
        ranks.write(header(description.get()));
        each(file, end, element, bits -> {
            ranks.write(values.rank(bits));
            return true;
        });
        ranks.flush();
        return Optional.of(data.toByteArray());
    }

    /** The values by rank, which {@code values} know then. */
    private static long[] table(Element element, Values values) {
        long[] levels = element.levels(0);
        for (int scale = 0; levels != null; levels = element.levels(++scale)) {
            if (values.rankBy(levels)) {
                return levels;
            }
        }
        long[] table = element.ascending(values.all());
        values.rankBy(table);
        return table;
    }

    /** Takes the bits of an element; returns whether more are wanted. */
    private interface Sink {

        boolean accept(long bits) throws IOException;
    }

    /** Gives all elements to a sink; returns whether it took them. */
    private static boolean each(ContentView file, int from, Element element, Sink sink) throws IOException {
        byte[] one = new byte[element.bytes()];
        try (InputStream in = file.open(from)) {
            while (in.readNBytes(one, 0, one.length) == one.length) {
                if (!sink.accept(element.bits(one, 0))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The beginning of an NPY file of bytes of that shape. */
    private static byte[] header(Npy.ArrayHeader description) {
        String text = "{'descr': '|u1', 'fortran_order': " + (description.fortran() ? "True" : "False")
                + ", 'shape': (" + description.shape() + "), }";
        int length = (Npy.TEXT_1 + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - Npy.TEXT_1;
        String all = Npy.MAGIC + "\u0001\u0000" + (char) (length & 0xFF) + (char) (length >> 8)
                + text + " ".repeat(length - 1 - text.length()) + "\n";
        return all.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Makes the file again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the content
     * @param out receives the file; left open
     * @throws CorruptArchiveException if the wrapping does not fit the content
     */
    static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        byte[] data = wrapping.data();
        int bytes = data.length < 2 ? 0 : data[0];
        int values = data.length < 2 ? 0 : (data[1] & 0xFF) + 1;
        int header = 2 + values * bytes;
        if (bytes != 2 && bytes != 4 && bytes != 8 || header > data.length) {
            throw new CorruptArchiveException(DAMAGED);
        }
        try {
            byte[] start = content.readNBytes(Npy.TEXT_1);
            content.skipNBytes(start.length < Npy.TEXT_1 ? 1 : start[8] & 0xFF | (start[9] & 0xFF) << 8);
        } catch (EOFException e) {
            throw new CorruptArchiveException(DAMAGED);
        }
        BufferedOutputStream file = new BufferedOutputStream(out, BUFFER);
        file.write(data, header, data.length - header);
        byte[] ranks = new byte[BUFFER];
        for (int n = content.read(ranks); n >= 0; n = content.read(ranks)) {
            for (int i = 0; i < n; i++) {
                int rank = ranks[i] & 0xFF;
                if (rank >= values) {
                    throw new CorruptArchiveException(DAMAGED);
                }
                file.write(data, 2 + rank * bytes, bytes);
            }
        }
        file.flush();
    }
}
