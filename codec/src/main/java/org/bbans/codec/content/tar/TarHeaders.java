package org.bbans.codec.content.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.BitCoder;
import org.bbans.codec.wire.NumberedName;

/**
 * Codes what changes from header to header: names that count on, sizes and times. What is coded becomes zeros in the
 * header, and the checksum what it differs by from the right one. One description for both directions: with a
 * {@link BitCoder.Writer} headers are taken apart, with a {@link BitCoder.Reader} they are put together.
 */
final class TarHeaders {

    static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int SIZE = 124;
    private static final int TIME = 136;
    /** Octal digits of a size or time; one more byte ends it. */
    private static final int DIGITS = 11;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE = 156;
    private static final int BINARY = 0x80;
    private static final long MAX_SIZE = 1L << 62;
    private static final long MAX_NUMBER = 1 << 29;

    /** Names that are remembered; how a name is coded: as it is, as the one behind one of these, by its number. */
    private static final int NAMES = 4;
    private static final int KIND_BITS = 3;
    private static final int BY_NUMBER = NAMES + 1;
    /** Decimal digits of a number by which a name is coded. */
    private static final int MAX_DIGITS = 8;

    private final BitCoder coder;
    private final boolean writing;
    private final BitCoder.Contexts kinds = new BitCoder.Contexts(1 << 2 * KIND_BITS);
    private final BitCoder.Contexts numbers = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);
    private final BitCoder.Contexts regular = new BitCoder.Contexts(4);
    private final BitCoder.Contexts sizes = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);
    private final BitCoder.Contexts times = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);

    /** The last names, the latest first; before the first ones empty. */
    private final byte[][] names = new byte[NAMES][0];
    private int kind;
    private long size;
    private long time;

    TarHeaders(BitCoder coder) {
        this.coder = coder;
        writing = coder instanceof BitCoder.Writer;
    }

    /**
     * Codes a header, in place.
     *
     * @return bytes between the header and the next one
     * @throws CorruptArchiveException if what is read cannot be
     */
    long code(byte[] header) throws CorruptArchiveException {
        byte[] whole = header.clone();
        if (writing) {
            xorChecksum(header);
        }
        name(whole, header);
        size = number(whole, header, SIZE, 0, size, sizes);
        time = number(whole, header, TIME, 2, time, times);
        if (!writing) {
            System.arraycopy(whole, 0, header, 0, BLOCK);
            xorChecksum(header);
        }
        return behind(whole);
    }

    private void name(byte[] whole, byte[] reduced) throws CorruptArchiveException {
        byte[] name = writing ? name(whole) : null;
        long before = NumberedName.number(names[0], MAX_DIGITS);
        kind = coder.tree(kinds, kind << KIND_BITS, KIND_BITS, writing ? kind(name, whole, before) : 0);
        if (kind > BY_NUMBER || kind == BY_NUMBER && before < 0) {
            throw damaged();
        }
        if (kind == BY_NUMBER) {
            long to = writing ? NumberedName.number(name, MAX_DIGITS) : 0;
            to = before + coder.signed(numbers, 0, (int) (to - before));
            name = NumberedName.renumbered(names[0], to);
        } else if (kind > 0) {
            name = NumberedName.successor(names[kind - 1]);
        }
        if (kind == 0) {
            name = name(whole);
        } else if (name == null || name.length > NAME_BYTES) {
            throw damaged();
        } else {
            Arrays.fill(whole, name.length, NAME_BYTES, (byte) 0);
            System.arraycopy(name, 0, whole, 0, name.length);
            Arrays.fill(reduced, 0, NAME_BYTES, (byte) 0);
        }
        System.arraycopy(names, 0, names, 1, NAMES - 1);
        names[0] = name;
    }

    /** The bytes before the first zero. */
    private static byte[] name(byte[] header) {
        int length = 0;
        while (length < NAME_BYTES && header[length] != 0) {
            length++;
        }
        return Arrays.copyOf(header, length);
    }

    private int kind(byte[] name, byte[] whole, long before) {
        for (int i = name.length; i < NAME_BYTES; i++) {
            if (whole[i] != 0) {
                return 0;
            }
        }
        for (int i = 0; i < NAMES; i++) {
            if (Arrays.equals(NumberedName.successor(names[i]), name)) {
                return i + 1;
            }
        }
        return before >= 0 && Arrays.equals(name, NumberedName.renumbered(names[0],
                NumberedName.number(name, MAX_DIGITS))) ? BY_NUMBER : 0;
    }

    /** Codes a number of octal digits; returns it, or the last one if it stays as it is. */
    private long number(byte[] whole, byte[] reduced, int at, int context, long last, BitCoder.Contexts model) {
        long value = writing ? octal(whole, at) : 0;
        boolean known = writing && value >= 0 && Math.abs(value - last) < MAX_NUMBER;
        if (coder.bit(regular, context, known ? 0 : 1) == 1) {
            return last;
        }
        if (coder.bit(regular, context + 1, value == last ? 0 : 1) == 0) {
            value = last;
        } else {
            value = last + coder.signed(model, 0, (int) (value - last));
        }
        for (int i = 0; i < DIGITS; i++) {
            whole[at + i] = (byte) ('0' + (value >>> 3 * (DIGITS - 1 - i) & 7));
            reduced[at + i] = 0;
        }
        return value;
    }

    /** A number of exactly so many octal digits; -1 if it is none. */
    private static long octal(byte[] header, int at) {
        long value = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = header[at + i] - '0';
            if (digit < 0 || digit > 7) {
                return -1;
            }
            value = value << 3 | digit;
        }
        return value;
    }

    /** The sum of all bytes, those of the checksum taken for blanks, in six octal digits, a zero and a blank. */
    private static void xorChecksum(byte[] header) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_BYTES ? ' ' : header[i] & 0xFF;
        }
        byte[] right = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < CHECKSUM_BYTES; i++) {
            header[CHECKSUM + i] ^= right[i];
        }
    }

    private static CorruptArchiveException damaged() {
        return new CorruptArchiveException("the parameters of the tar wrapping are damaged");
    }

    private static long behind(byte[] header) {
        if (header[TYPE] >= '1' && header[TYPE] <= '6') {
            return 0;
        }
        long size = 0;
        int end = SIZE + DIGITS + 1;
        if ((header[SIZE] & 0xFF) == BINARY) {
            for (int at = SIZE + 1; at < end; at++) {
                size = size >= MAX_SIZE >> Byte.SIZE ? MAX_SIZE : size << Byte.SIZE | header[at] & 0xFF;
            }
        } else {
            int at = SIZE;
            while (at < end && header[at] == ' ') {
                at++;
            }
            for (; at < end && header[at] >= '0' && header[at] <= '7'; at++) {
                size = size << 3 | header[at] - '0';
            }
        }
        return size >= MAX_SIZE ? 0 : (size + BLOCK - 1) / BLOCK * BLOCK;
    }
}
