package org.bbans.codec.content.number;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.Varint;

/**
 * Takes an array of numbers of several bytes apart that have few different values, such as pixels in floating point:
 * into the values' ranks, of a byte or two each, and a table of the values.
 *
 * <p>The wrapping's bytes: those of a number, plus {@link #BIG_ENDIAN} if that is so, {@link #WORDS} if ranks take two
 * bytes, or {@link #PLANES} if these are in planes (u8); the number of values less 1, the bytes before and those behind
 * the numbers (varints); LZMA2 of the table and these bytes. The table has the difference of each value from the one
 * before, as unsigned numbers, plane by plane of their bytes, the most significant first. The content is an NPY file.
 */
public final class RankedWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 5;

    /** Bytes that may stand before the numbers, and behind. */
    static final int MAX_AROUND = 1 << 16;

    private static final int BIG_ENDIAN = 16;
    private static final int WORDS = 32;
    private static final int PLANES = 64;
    private static final int NUMBER_BYTES = 15;
    /** Ranks whose bytes are put in planes at a time. */
    private static final int PLANE_RANKS = 1 << 16;
    /** Of fewer numbers a table would take too large a part. */
    private static final int LEAST_NUMBERS = 4 * DistinctValues.BYTES;
    /** How often each value has to be there on average if ranks take two bytes. */
    private static final int LEAST_USE = 4;
    private static final int BUFFER = 1 << 16;
    private static final String DAMAGED = "the parameters of the ranked array are damaged";

    private RankedWrapping() {}

    /** Whether ranks of two bytes lie as a model takes them, which LZMA2 seldom codes better than the numbers. */
    public static boolean needsModel(Wrapping wrapping) {
        return (wrapping.data()[0] & WORDS) != 0;
    }

    /** Whether an array of a file that begins like this may have few different numbers: as far as that goes it has. */
    public static boolean looksRanked(NumberArray array, byte[] head, int length) {
        int numbers = (int) Math.max(0, Math.min(array.elements(), (length - array.from()) / array.bytes()));
        DistinctValues values = new DistinctValues();
        for (int i = 0; i < numbers; i++) {
            if (!values.add(array.bits(head, (int) array.from() + i * array.bytes()))) {
                return false;
            }
        }
        // Those that come later are mostly not new.
        return numbers >= (values.count() <= DistinctValues.BYTES ? LEAST_NUMBERS : 3 * values.count() / 2);
    }

    /**
     * Takes an array apart.
     *
     * @param array where it is in the file
     * @param content receives the array of ranks; left with anything if the result is empty
     * @return the wrapping's bytes; empty if it has too many values, or ranks are not better than its numbers
     * @throws IOException if something cannot be read or written
     */
    public static Optional<byte[]> unwrap(NumberArray array, ContentView file, Spool content) throws IOException {
        long elements = array.elements();
        if (elements == 0 || elements > (file.size() - array.from()) / array.bytes() || array.from() > MAX_AROUND
                || file.size() - array.from() - elements * array.bytes() > MAX_AROUND) {
            return Optional.empty();
        }
        DistinctValues values = new DistinctValues();
        if (!each(array, file, values::add)
                || values.count() > DistinctValues.BYTES && elements / LEAST_USE < values.count()) {
            return Optional.empty();
        }
        long[] table = table(array, values);
        DistinctValues ranks = table == null ? null : DistinctValues.of(table);
        if (ranks == null) {
            return Optional.empty();
        }
        boolean wide = table.length > DistinctValues.BYTES;
        boolean planes = wide && !array.hasRows();
        byte[] data = data(array, file, table, planes);
        if (planes && !gains(array, file, ranks, data.length)) {
            return Optional.empty();
        }
        BufferedOutputStream out = new BufferedOutputStream(content, BUFFER);
        out.write(planes ? NpyHeader.of("|u1", new long[] {2 * elements})
                : NpyHeader.of(wide ? "<u2" : "|u1", array.extents()));
        RankOutput sink = new RankOutput(out, wide, planes);
        each(array, file, bits -> sink.write(ranks.rank(bits)));
        sink.flush();
        return Optional.of(data);
    }

    /** The values by rank; null if two bytes a number say as much as ranks do. */
    private static long[] table(NumberArray array, DistinctValues values) {
        long[] all = values.all();
        if (all.length <= DistinctValues.BYTES) {
            long[] levels = array.levels(0);
            for (int scale = 0; levels != null; levels = array.levels(++scale)) {
                DistinctValues known = DistinctValues.of(levels);
                if (Arrays.stream(all).allMatch(value -> known.rank(value) >= 0)) {
                    return levels;
                }
            }
            return array.ascending(all);
        }
        long[] ascending = array.ascending(all);
        long[] whole = array.whole(ascending);
        return whole == null ? ascending : array.bytes() == Short.BYTES ? null : whole;
    }

    private static byte[] data(NumberArray array, ContentView file, long[] table, boolean planes) throws IOException {
        int from = (int) array.from();
        long end = from + array.elements() * array.bytes();
        int behind = (int) (file.size() - end);
        int n = table.length;
        int tableBytes = n * array.bytes();
        byte[] packed = new byte[tableBytes + from + behind];
        for (int i = 0; i < n; i++) {
            long difference = table[i] - (i == 0 ? 0 : table[i - 1]);
            for (int b = 0; b < array.bytes(); b++) {
                packed[b * n + i] = (byte) (difference >>> Byte.SIZE * (array.bytes() - 1 - b));
            }
        }
        try (InputStream start = file.open(); InputStream rest = file.open(end)) {
            start.readNBytes(packed, tableBytes, from);
            rest.readNBytes(packed, tableBytes + from, behind);
        }
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.write(array.bytes() + (array.isBigEndian() ? BIG_ENDIAN : 0)
                + (planes ? PLANES : n > DistinctValues.BYTES ? WORDS : 0));
        Varint.write(data, n - 1);
        Varint.write(data, from);
        Varint.write(data, behind);
        data.writeBytes(OpaqueBlock.lzma2(packed));
        return data.toByteArray();
    }

    /** Whether LZMA2 makes less of the first planes, and what the table takes for these, than of the numbers. */
    private static boolean gains(NumberArray array, ContentView file, DistinctValues ranks, int dataBytes)
            throws IOException {
        int n = (int) Math.min(PLANE_RANKS, array.elements());
        byte[] numbers;
        try (InputStream in = file.open(array.from())) {
            numbers = in.readNBytes(n * array.bytes());
        }
        ByteArrayOutputStream planes = new ByteArrayOutputStream();
        RankOutput sink = new RankOutput(planes, true, true);
        for (int i = 0; i < n; i++) {
            sink.write(ranks.rank(array.bits(numbers, i * array.bytes())));
        }
        sink.flush();
        double share = (double) n / array.elements();
        return OpaqueBlock.lzma2(planes.toByteArray()).length + share * dataBytes < OpaqueBlock.lzma2(numbers).length;
    }

    /** Takes the bits of a number; returns whether more are wanted. */
    private interface Sink {

        boolean accept(long bits) throws IOException;
    }

    /** Gives all numbers to a sink; returns whether it took them. */
    private static boolean each(NumberArray array, ContentView file, Sink sink) throws IOException {
        byte[] some = new byte[BUFFER];
        long left = array.elements() * array.bytes();
        try (InputStream in = file.open(array.from())) {
            while (left > 0) {
                int n = in.readNBytes(some, 0, (int) Math.min(BUFFER, left));
                for (int at = 0; at < n; at += array.bytes()) {
                    if (!sink.accept(array.bits(some, at))) {
                        return false;
                    }
                }
                left -= n;
            }
        }
        return true;
    }

    /** Ranks as they stand in the content. */
    private static final class RankOutput {

        private final OutputStream out;
        private final boolean wide;
        /** Low bytes of ranks, and then high ones; null if there are no planes. */
        private final byte[] block;
        private int filled;

        RankOutput(OutputStream out, boolean wide, boolean planes) {
            this.out = out;
            this.wide = wide;
            block = planes ? new byte[2 * PLANE_RANKS] : null;
        }

        boolean write(int rank) throws IOException {
            if (block == null) {
                out.write(rank);
                if (wide) {
                    out.write(rank >> Byte.SIZE);
                }
                return true;
            }
            block[filled] = (byte) rank;
            block[PLANE_RANKS + filled++] = (byte) (rank >> Byte.SIZE);
            if (filled == PLANE_RANKS) {
                flush();
            }
            return true;
        }

        void flush() throws IOException {
            if (block != null) {
                out.write(block, 0, filled);
                out.write(block, PLANE_RANKS, filled);
                filled = 0;
            }
            out.flush();
        }
    }

    /** What the wrapping says. */
    private record Parameters(int bytes, boolean bigEndian, int form, int values, int before, byte[] unpacked) {

        static Parameters of(byte[] data) throws IOException {
            FormatInput in = new FormatInput(new ByteArrayInputStream(data), 0);
            int type = in.readByte(DAMAGED);
            int bytes = type & NUMBER_BYTES;
            long last = in.readVarint(DAMAGED);
            long before = in.readVarint(DAMAGED);
            long behind = in.readVarint(DAMAGED);
            int form = type & (WORDS | PLANES);
            if (bytes != 2 && bytes != 4 && bytes != 8 || type >= (WORDS | PLANES)
                    || last >= (form == 0 ? DistinctValues.BYTES : DistinctValues.MOST) || before > MAX_AROUND
                    || behind > MAX_AROUND) {
                throw new CorruptArchiveException(DAMAGED);
            }
            return new Parameters(bytes, (type & BIG_ENDIAN) != 0, form, (int) last + 1, (int) before,
                    OpaqueBlock.decode(BlockKind.LZMA2, in.readBytes(data.length - in.position(), DAMAGED),
                            (int) ((last + 1) * bytes + before + behind)));
        }

        /** The values as they stand in the file, rank after rank. */
        byte[] table() {
            byte[] table = new byte[values * bytes];
            long value = 0;
            for (int i = 0; i < values; i++) {
                long difference = 0;
                for (int b = 0; b < bytes; b++) {
                    difference = difference << Byte.SIZE | unpacked[b * values + i] & 0xFF;
                }
                value += difference;
                for (int b = 0; b < bytes; b++) {
                    table[i * bytes + (bigEndian ? bytes - 1 - b : b)] = (byte) (value >>> Byte.SIZE * b);
                }
            }
            return table;
        }
    }

    /**
     * Makes the file again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the content
     * @param out receives the file; left open
     * @throws CorruptArchiveException if the wrapping does not fit the content
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        Parameters p;
        try {
            p = Parameters.of(wrapping.data());
        } catch (CorruptArchiveException e) {
            throw new CorruptArchiveException(DAMAGED, e);
        }
        NpyHeader.skip(content, DAMAGED);
        byte[] table = p.table();
        BufferedOutputStream file = new BufferedOutputStream(out, BUFFER);
        file.write(p.unpacked, table.length, p.before);
        int rankBytes = p.form == 0 ? 1 : 2;
        boolean planes = p.form == PLANES;
        byte[] ranks = new byte[2 * PLANE_RANKS];
        for (int n = content.readNBytes(ranks, 0, ranks.length); n > 0; n =
                content.readNBytes(ranks, 0, ranks.length)) {
            if (n % rankBytes != 0) {
                throw new CorruptArchiveException(DAMAGED);
            }
            int numbers = n / rankBytes;
            for (int i = 0; i < numbers; i++) {
                int low = planes ? i : i * rankBytes;
                int high = planes ? numbers + i : low + 1;
                int rank = ranks[low] & 0xFF | (rankBytes == 1 ? 0 : (ranks[high] & 0xFF) << Byte.SIZE);
                if (rank >= p.values) {
                    throw new CorruptArchiveException(DAMAGED);
                }
                file.write(table, rank * p.bytes, p.bytes);
            }
        }
        int behind = table.length + p.before;
        file.write(p.unpacked, behind, p.unpacked.length - behind);
        file.flush();
    }
}
