package org.bbans.codec.content.number;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.Varint;

/**
 * The columns of a table: samples, which belong together, and others in front of them or behind, such as a label. A row
 * is stored as the others and then the samples.
 *
 * @param others in front and behind
 * @param front how many of these stand in front
 * @param samples number of columns that are samples
 */
record CsvColumns(List<CsvNumbers> others, int front, int samples, CsvNumbers sample) {

    /** Columns at either end that may be no samples. */
    private static final int MOST_OTHERS = 4;
    private static final int LEAST_SIDE = 8;
    private static final int COLOURS = 3;

    int all() {
        return others.size() + samples;
    }

    /** Bytes that stand for the others of a row. */
    int prefix() {
        return others.stream().mapToInt(CsvNumbers::bytes).sum();
    }

    int rowBytes() {
        return prefix() + samples * sample.bytes();
    }

    /** How a column's numbers are stored. */
    CsvNumbers column(int i) {
        return isSample(i) ? sample : others.get(i < front ? i : i - samples);
    }

    boolean isSample(int i) {
        return i >= front && i < front + samples;
    }

    /** The columns in the order in which they are stored. */
    int[] stored() {
        return IntStream.concat(IntStream.range(0, all()).filter(i -> !isSample(i)),
                IntStream.range(front, front + samples)).toArray();
    }

    /** What a table's columns may be; empty if its numbers have too many digits to be samples. */
    static Optional<CsvColumns> of(CsvTable table) {
        List<CsvColumns> found = new ArrayList<>();
        for (int front = 0; front <= MOST_OTHERS; front++) {
            for (int behind = 0; behind <= MOST_OTHERS && front + behind < table.columns(); behind++) {
                int end = table.columns() - behind;
                CsvNumbers sample = table.numbers(front, end);
                if (sample.bytes() <= 2) {
                    int first = front;
                    List<CsvNumbers> others = IntStream.range(0, table.columns()).filter(i -> i < first || i >= end)
                            .mapToObj(i -> table.numbers(i, i + 1)).toList();
                    found.add(new CsvColumns(others, front, end - front, sample));
                }
            }
        }
        return found.stream().min(Comparator.comparing((CsvColumns c) -> !c.isImage(table))
                .thenComparing(c -> c.sample.bytes()).thenComparing(c -> c.others.size())
                .thenComparing(c -> -c.edge(table)));
    }

    /** How much the samples at the ends differ from the columns beside them. */
    private double edge(CsvTable table) {
        int end = front + samples;
        return (front == 0 ? 0 : table.distance(front - 1, front, 1, 0))
                + (end == all() ? 0 : table.distance(end - 1, end, 1, 0));
    }

    /** Whether a row's samples are a square image, or three planes of one; 0 if neither. */
    private int side() {
        int side = (int) Math.sqrt(samples);
        int plane = (int) Math.sqrt(samples / COLOURS);
        return side * side == samples && side >= LEAST_SIDE ? side
                : COLOURS * plane * plane == samples && plane >= LEAST_SIDE ? plane : 0;
    }

    /** Whether each row is an image, not a row of one: then samples are like those of the image's row above. */
    private boolean isImage(CsvTable table) {
        int side = side();
        if (side == 0) {
            return false;
        }
        int step = isInterleaved(table) ? COLOURS * side : side;
        int pairs = samples - step;
        return table.distance(front, front + step, pairs, 0) < table.distance(front, front, samples, 1);
    }

    private boolean isInterleaved(CsvTable table) {
        int side = side();
        return samples == COLOURS * side * side && table.distance(front, front + COLOURS, samples - COLOURS, 0)
                < table.distance(front, front + 1, samples - 1, 0);
    }

    /** The header of the content. */
    byte[] header(CsvTable table) {
        String type = sample.bytes() == 1 ? "|u1" : "<u2";
        long side = side();
        if (isImage(table)) {
            return NpyHeader.ofRecords(table.rows(), prefix(), type,
                    samples == side * side ? new long[] {side, side}
                            : isInterleaved(table) ? new long[] {side, side, COLOURS}
                                    : new long[] {COLOURS, side, side});
        }
        return prefix() > 0 ? NpyHeader.ofRecords(table.rows(), prefix(), type, new long[] {samples})
                : NpyHeader.of(type, new long[] {1, table.rows(), samples});
    }

    /** Writes what {@link #read} reads: numbers of columns, and how each is stored. */
    void write(ByteArrayOutputStream out) {
        Varint.write(out, front);
        Varint.write(out, samples);
        Varint.write(out, others.size() - front);
        write(out, sample);
        others.forEach(column -> write(out, column));
    }

    private static void write(ByteArrayOutputStream out, CsvNumbers column) {
        out.write(column.bytes());
        Varint.write(out, column.base() < 0 ? -2 * column.base() - 1 : 2 * column.base());
    }

    static CsvColumns read(FormatInput in, String what) throws IOException {
        long front = in.readVarint(what);
        long samples = in.readVarint(what);
        long behind = in.readVarint(what);
        if (front > Layout.MAX_PREFIX || behind > Layout.MAX_PREFIX - front || samples < 1
                || samples > CsvTable.MAX_COLUMNS) {
            throw new CorruptArchiveException(what);
        }
        CsvNumbers sample = column(in, what);
        List<CsvNumbers> others = new ArrayList<>();
        for (int i = 0; i < front + behind; i++) {
            others.add(column(in, what));
        }
        CsvColumns columns = new CsvColumns(others, (int) front, (int) samples, sample);
        if (sample.bytes() > 2 || columns.prefix() > Layout.MAX_PREFIX) {
            throw new CorruptArchiveException(what);
        }
        return columns;
    }

    private static CsvNumbers column(FormatInput in, String what) throws IOException {
        int bytes = in.readByte(what);
        long base = in.readVarint(what);
        if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) {
            throw new CorruptArchiveException(what);
        }
        return new CsvNumbers(bytes, (base & 1) == 0 ? base / 2 : -(base / 2) - 1);
    }
}
