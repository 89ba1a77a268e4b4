package org.bbans.model.chain;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.causal.Grid;

/**
 * How each record of a block is turned before it is coded: in one of the eight ways in which a square can be turned and
 * mirrored, or of the four that leave a rectangle its height.
 *
 * <p>A model predicts pixels from those above and at the left; which corner of a picture it is best read from differs
 * from picture to picture, by more than the three bits that say so.
 */
final class Turns {

    private static final int MIRRORED = 1;
    private static final int UPSIDE_DOWN = 2;
    private static final int TRANSPOSED = 4;
    private static final int BITS = 3;

    /** Records on which turning has to prove itself. */
    private static final int TRIAL_RECORDS = 64;
    /** Share of the size that it must save there: what it costs is time. */
    private static final double LEAST_GAIN = 0.001;

    private final Grid grid;
    /** {@code [record]}: the sum of what is done to it. */
    private final byte[] turns;

    Turns(Grid grid, byte[] turns) {
        this.grid = grid;
        this.turns = turns;
    }

    /**
     * Chooses the smallest of all ways for each record, as the model predicts it; empty if that does not pay on some.
     *
     * @param groups a workspace of a model that allows turning
     * @param lanes records in a group
     * @param done told the number of records that have been tried in all ways
     */
    static Optional<Turns> choose(GroupModel groups, Grid grid, byte[] samples, int records, int lanes,
            IntConsumer done) {
        final int some = Math.min(TRIAL_RECORDS, records);
        final int[] rows = new int[some];
        Arrays.setAll(rows, j -> (int) ((long) j * records / some));
        // A record alone finds no bits for its latents.
        final int depth = records == 1 ? 0 : groups.model().layers().length;
        final double[][] trial = bits(groups, grid, samples, rows, lanes, depth, 0, n -> {});
        // The least of noisy numbers looks too good: others say what it is worth.
        final double[][] check = depth == 0 ? trial : bits(groups, grid, samples, rows, lanes, depth, 1, n -> {});
        double straight = 0;
        double turned = 0;
        for (int j = 0; j < some; j++) {
            straight += check[0][j];
            turned += check[best(trial, j)][j] + BITS;
        }
        if (turned > (1 - LEAST_GAIN) * straight) {
            return Optional.empty();
        }
        final double[][] all = some == records ? trial
                : bits(groups, grid, samples, IntStream.range(0, records).toArray(), lanes, depth, 0, done);
        final byte[] turns = new byte[records];
        for (int j = 0; j < records; j++) {
            turns[j] = (byte) best(all, j);
        }
        return Optional.of(new Turns(grid, turns));
    }

    /** How many ways there are; those that transpose only squares can be turned. */
    static int ways(Grid grid) {
        return grid.height() == grid.width() ? 2 * TRANSPOSED : TRANSPOSED;
    }

    /** The bits of some records, turned in all ways: {@code [way][record]}. */
    private static double[][] bits(GroupModel groups, Grid grid, byte[] samples, int[] rows, int lanes, int depth,
            int draw, IntConsumer done) {
        final double[][] bits = new double[ways(grid)][rows.length];
        for (int first = 0; first < rows.length; first += lanes) {
            final int size = Math.min(lanes, rows.length - first);
            final int[] x = new int[grid.dims() * size];
            groups.group(size);
            for (int way = 0; way < bits.length; way++) {
                final int[] places = places(grid, way);
                for (int j = 0; j < size; j++) {
                    final int from = rows[first + j] * places.length;
                    for (int i = 0; i < places.length; i++) {
                        x[places[i] * size + j] = samples[from + i] & 0xFF;
                    }
                }
                System.arraycopy(ChainCost.bits(groups, x, size, depth, draw), 0, bits[way], first, size);
            }
            done.accept(first + size);
        }
        return bits;
    }

    private static int best(double[][] bits, int record) {
        int best = 0;
        for (int way = 1; way < bits.length; way++) {
            best = bits[way][record] < bits[best][record] ? way : best;
        }
        return best;
    }

    /** For each sample of a record its place in the turned one. */
    private static int[] places(Grid grid, int way) {
        final int[] places = new int[grid.dims()];
        int i = 0;
        for (int y = 0; y < grid.height(); y++) {
            final int row = (way & UPSIDE_DOWN) != 0 ? grid.height() - 1 - y : y;
            for (int x = 0; x < grid.width(); x++) {
                final int column = (way & MIRRORED) != 0 ? grid.width() - 1 - x : x;
                final int pixel = (way & TRANSPOSED) != 0 ? column * grid.width() + row : row * grid.width() + column;
                for (int c = 0; c < grid.channels(); c++) {
                    places[i++] = pixel * grid.channels() + c;
                }
            }
        }
        return places;
    }

    /** A block's records, turned. */
    byte[] turned(byte[] samples) {
        final byte[] turned = new byte[turns.length * grid.dims()];
        for (int record = 0; record < turns.length; record++) {
            final int[] places = places(grid, turns[record]);
            final int at = record * places.length;
            for (int i = 0; i < places.length; i++) {
                turned[at + places[i]] = samples[at + i];
            }
        }
        return turned;
    }

    /** Turns a block's records back. */
    void restore(byte[] samples) {
        final byte[] record = new byte[grid.dims()];
        for (int j = 0; j < turns.length; j++) {
            final int[] places = places(grid, turns[j]);
            final int at = j * places.length;
            System.arraycopy(samples, at, record, 0, record.length);
            for (int i = 0; i < places.length; i++) {
                samples[at + i] = record[places[i]];
            }
        }
    }

    /** Bytes that say how so many records are turned. */
    static int sizeInBytes(int records) {
        return (int) (((long) BITS * records + Byte.SIZE - 1) / Byte.SIZE);
    }

    /** A payload of the turned records, with what turns them back behind it: three bits a record, low ones first. */
    byte[] appendedTo(byte[] payload) {
        final byte[] whole = Arrays.copyOf(payload, payload.length + sizeInBytes(turns.length));
        for (int bit = 0; bit < BITS * turns.length; bit++) {
            final int set = turns[bit / BITS] >> bit % BITS & 1;
            whole[payload.length + bit / Byte.SIZE] |= (byte) (set << bit % Byte.SIZE);
        }
        ChainHeader.markTurned(whole);
        return whole;
    }

    /**
     * Reads what {@link #appendedTo} wrote.
     *
     * @param header what the payload begins with
     * @throws CorruptArchiveException if there are too few bytes, or if they say what is impossible
     */
    static Turns read(Grid grid, ChainHeader header, byte[] payload, int records) throws CorruptArchiveException {
        final int start = payload.length - sizeInBytes(records);
        if (start < header.sizeInBytes()) {
            throw new CorruptArchiveException("model payload: too short");
        }
        final byte[] turns = new byte[records];
        for (int bit = 0; bit < (payload.length - start) * Byte.SIZE; bit++) {
            final int set = payload[start + bit / Byte.SIZE] >> bit % Byte.SIZE & 1;
            if (bit < BITS * records) {
                turns[bit / BITS] |= (byte) (set << bit % BITS);
            } else if (set != 0) {
                throw new CorruptArchiveException("model payload: bits are set behind the last record's turn");
            }
        }
        for (byte way : turns) {
            if (way >= ways(grid)) {
                throw new CorruptArchiveException("model payload: a record that is no square is transposed");
            }
        }
        return new Turns(grid, turns);
    }
}
