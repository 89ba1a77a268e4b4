package org.bbans.model.chain;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.causal.Lanes;

/**
 * The settings of a bits-back chain, as they precede the stack in a payload.
 *
 * @param heads heads of the stack, a power of two from 1 to 32
 * @param lanes greatest number of records coded in lockstep, a power of two from 1 to 128
 * @param growth with n records on the stack, a group may have n * growth / 16 records; 1 to 16
 * @param plain number of records, the first ones coded, that do without bits back
 * @param ramp whether layers of latents come into use one by one, each after as many records as are plain, instead of
 *     all at once: the bits needed to begin with are then those of one layer
 * @param fronts whether pixels are coded front by front instead of in raster order: pixels of a front are predicted
 *     together, so that few records fill the lanes
 * @param undrawn of records whose order does not matter, how many are coded without drawing them from their set, the
 *     first ones coded, all of them plain; 0 if the order matters
 * @param steps number of steps of time; 0 for a model without time
 * @param learning whether the model learns from the records while it codes them
 * @param turned whether records are coded turned, each as {@link Turns} at the payload's end say
 */
public record ChainHeader(int heads, int lanes, int growth, int plain, boolean ramp, boolean fronts, int undrawn,
        int steps, boolean learning, boolean turned) {

    /** Bits that flushing a head costs: 31 below the first symbol and 16 above the last, on average. */
    static final int HEAD_BITS = 47;
    /** Greatest growth; groups then double what is on the stack. */
    public static final int MAX_GROWTH = 16;

    private static final int TURNED = 0x40;
    private static final int RAMP = 0x10;
    private static final int FRONTS = 0x20;
    private static final int TIMED = 0x40;
    private static final int LEARNING = 0x80;
    private static final int MOST_STEPS = 0xFF;
    /** Binary logarithm of the least head, which holds no information. */
    private static final int LOWEST_HEAD_BITS = 31;

    /** Checks the ranges. */
    public ChainHeader {
        if (Integer.bitCount(heads) != 1 || heads > AnsStack.MAX_HEADS || heads < 1
                || Integer.bitCount(lanes) != 1 || lanes > Lanes.MAX || lanes < 1
                || growth < 1 || growth > MAX_GROWTH || plain < 0 || undrawn < 0 || undrawn > plain
                || steps < 0 || steps > MOST_STEPS) {
            throw new IllegalArgumentException("impossible chain: heads " + heads + ", lanes " + lanes + ", growth "
                    + growth + ", plain " + plain + ", undrawn " + undrawn + ", steps " + steps);
        }
    }

    /** A chain in raster order. */
    public ChainHeader(int heads, int lanes, int growth, int plain, boolean ramp) {
        this(heads, lanes, growth, plain, ramp, false, 0, 0, false, false);
    }

    /** This chain in the order of fronts. */
    ChainHeader withFronts() {
        return new ChainHeader(heads, lanes, growth, plain, ramp, true, undrawn, steps, learning, turned);
    }

    /** This chain, of records whose order does not matter. */
    ChainHeader withUndrawn(int records) {
        return new ChainHeader(heads, lanes, growth, plain, ramp, fronts, records, steps, learning, turned);
    }

    /** This chain, with so many steps of time. */
    ChainHeader withSteps(int number) {
        return new ChainHeader(heads, lanes, growth, plain, ramp, fronts, undrawn, number, learning, turned);
    }

    /** This chain, of a model that learns from the records or does not. */
    ChainHeader withLearning(boolean on) {
        return new ChainHeader(heads, lanes, growth, plain, ramp, fronts, undrawn, steps, on, turned);
    }

    /** Says in a payload that its records are turned. */
    static void markTurned(byte[] payload) {
        payload[0] |= TURNED;
    }

    /**
     * Bits that a payload's lane heads cost: what they take in the file, less the information in them.
     *
     * @param payload one that begins with this header
     */
    public double headBits(byte[] payload) throws CorruptArchiveException {
        check(payload.length >= sizeInBytes() + Long.BYTES * heads, "too short");
        final ByteBuffer stack = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).position(sizeInBytes());
        double bits = 0;
        for (int i = 0; i < heads; i++) {
            final long head = stack.getLong();
            check(head >= 1L << LOWEST_HEAD_BITS, "a head is out of range");
            bits += Long.SIZE + LOWEST_HEAD_BITS - StrictMath.log(head) / StrictMath.log(2);
        }
        return bits;
    }

    /** Number of bytes in front of the stack. */
    public int sizeInBytes() {
        return 2 + size(plain) + (undrawn == 0 ? 0 : size(undrawn)) + (steps == 0 ? 0 : 1);
    }

    private static int size(int number) {
        return (38 - Integer.numberOfLeadingZeros(number | 1)) / 7;
    }

    /**
     * Reads the header of a payload that {@link RecordChain} wrote.
     *
     * @param set whether the order of the records does not matter
     */
    public static ChainHeader read(byte[] payload, boolean set) throws CorruptArchiveException {
        check(payload.length >= 3, "too short");
        final int shape = payload[0];
        check(shape >= 0, "reserved bits are set");
        check((shape & 7) <= 5, "heads out of range");
        final int plain = readNumber(payload, 2);
        final int undrawn = set ? readNumber(payload, 2 + size(plain)) : 0;
        check(!set || undrawn > 0 && undrawn <= plain, "impossible number of records that are not drawn");
        final int end = 2 + size(plain) + (set ? size(undrawn) : 0);
        final boolean timed = (payload[1] & TIMED) != 0;
        check(!timed || end < payload.length, "too short");
        final int steps = timed ? payload[end] & 0xFF : 0;
        check(!timed || steps > 0, "no steps of time");
        return new ChainHeader(1 << (shape & 7), 1 << (shape >> 3 & 7), (payload[1] & MAX_GROWTH - 1) + 1, plain,
                (payload[1] & RAMP) != 0, (payload[1] & FRONTS) != 0, undrawn, steps, (payload[1] & LEARNING) != 0,
                (shape & TURNED) != 0);
    }

    private static int readNumber(byte[] payload, int from) throws CorruptArchiveException {
        int number = 0;
        int i = from;
        for (int shift = 0;; shift += 7) {
            check(i < payload.length && shift < 28, "malformed number of plain records");
            final int b = payload[i++];
            number |= (b & 0x7F) << shift;
            if (b >= 0) {
                check(b != 0 || shift == 0, "malformed number of plain records");
                return number;
            }
        }
    }

    /**
     * Logarithms of heads and lanes, growth less 1, flags, then the plain records, 7 bits a byte, low ones first, those
     * that are not drawn, and the steps.
     */
    void write(byte[] out) {
        out[0] = (byte) (Integer.numberOfTrailingZeros(heads) | Integer.numberOfTrailingZeros(lanes) << 3
                | (turned ? TURNED : 0));
        out[1] = (byte) (growth - 1 | (ramp ? RAMP : 0) | (fronts ? FRONTS : 0) | (steps > 0 ? TIMED : 0)
                | (learning ? LEARNING : 0));
        int end = writeNumber(out, 2, plain);
        if (undrawn > 0) {
            end = writeNumber(out, end, undrawn);
        }
        if (steps > 0) {
            out[end] = (byte) steps;
        }
    }

    private static int writeNumber(byte[] out, int from, int number) {
        int rest = number;
        int i = from;
        for (; rest >= 0x80; rest >>>= 7) {
            out[i++] = (byte) (rest | 0x80);
        }
        out[i++] = (byte) rest;
        return i;
    }

    /** The size of the group that is coded when {@code coded} of {@code records} records are on the stack. */
    int groupSize(int coded, int records) {
        if (coded < undrawn) {
            return Math.min(lanes, undrawn - coded);
        }
        final int limit = Math.min(lanes, (coded < plain ? Math.min(plain, records) : records) - coded);
        if (coded < plain && undrawn == 0) {
            return limit;
        }
        final long grown = Math.max(1, (long) coded * growth / MAX_GROWTH);
        return (int) Math.min(grown, limit);
    }

    /** How many layers of latents the group has that is coded when {@code coded} records are on the stack. */
    int depth(int coded, int layers) {
        return ramp && plain > 0 ? Math.min(layers, coded / plain) : coded < plain ? 0 : layers;
    }

    /** How many records are on the stack before each group, in coding order; decoding goes through it backwards. */
    int[] groups(int records) {
        int count = 0;
        for (int coded = 0; coded < records; coded += groupSize(coded, records)) {
            count++;
        }
        final int[] starts = new int[count];
        int coded = 0;
        for (int i = 0; i < count; i++) {
            starts[i] = coded;
            coded += groupSize(coded, records);
        }
        return starts;
    }

    private static void check(boolean condition, String message) throws CorruptArchiveException {
        if (!condition) {
            throw new CorruptArchiveException("model payload: " + message);
        }
    }
}
