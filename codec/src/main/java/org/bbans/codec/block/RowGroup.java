package org.bbans.codec.block;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.wire.FormatInput;

/**
 * One side of a group of blocks of rows, which are coded in order. A block's payload is the {@link Prefixes} of the
 * records that begin in it, followed by what the model wrote.
 */
public final class RowGroup {

    private final Layout layout;
    private final RowGrid grid;
    private final RasterCodec.Group model;
    private long nextRow;

    /**
     * Begins a group.
     *
     * @param firstRow its first row; if it is not a record's first one, the group ends with that record
     * @param encodes whether blocks will be encoded, else decoded
     */
    public RowGroup(Layout layout, RasterCodec codec, long firstRow, boolean encodes) {
        this.layout = layout;
        grid = new RowGrid(layout);
        nextRow = firstRow;
        model = codec.group(raster(grid, firstRow), records(layout, grid, firstRow), encodes);
    }

    /**
     * Bytes of memory that a group takes beside what its blocks do.
     *
     * @param form the first byte of the payload that the group begins with; -1 if nobody knows
     */
    public static long memory(Layout layout, RasterCodec codec, long firstRow, int form) {
        RowGrid grid = new RowGrid(layout);
        return codec.groupMemory(raster(grid, firstRow), records(layout, grid, firstRow), form);
    }

    private static RasterShape raster(RowGrid grid, long firstRow) {
        return grid.raster().withHeight((int) (grid.height() - firstRow % grid.height()));
    }

    private static long records(Layout layout, RowGrid grid, long firstRow) {
        return firstRow % grid.height() > 0 ? 1
                : layout.count() == Layout.UNKNOWN ? Long.MAX_VALUE : layout.count() - firstRow / grid.height();
    }

    /** Rows in the next block if that has so many bytes. */
    public int rows(int rawSize) {
        return (int) (grid.rowAt(grid.offset(nextRow) + rawSize) - nextRow);
    }

    /**
     * The payload of the next rows, or null if their bytes do not fit the sample format; then the group ends.
     *
     * @param done is told how many rows the model has coded
     */
    byte[] encode(byte[] raw, int rows, boolean xz, IntConsumer done) throws IOException {
        int prefix = layout.prefix();
        int records = grid.recordsBegun(nextRow, nextRow + rows);
        byte[] prefixes = new byte[records * prefix];
        short[] samples = new short[rows * (int) grid.rowSamples()];
        int record = 0;
        int at = 0;
        for (int row = 0; row < rows;) {
            if (begins(row)) {
                for (int i = 0; i < prefix; i++) {
                    prefixes[i * records + record] = raw[at++];
                }
                record++;
            }
            int n = piece(row, rows);
            int[] shape = grid.shape(n);
            if (!layout.format().unpack(shape, raw, at, samples, row * (int) grid.rowSamples())) {
                return null;
            }
            at += (int) layout.format().bytes(shape);
            row += n;
        }
        byte[] modelCoded = model.encode(samples, rows, done);
        nextRow += rows;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Prefixes.write(out, prefixes, xz);
        out.writeBytes(modelCoded);
        return out.toByteArray();
    }

    /**
     * Restores the next block.
     *
     * @param rawSize bytes of whole rows
     * @param done is told how many rows are decoded
     * @throws CorruptArchiveException if the payload is damaged; the group goes no further then
     */
    public byte[] decode(byte[] payload, int rawSize, IntConsumer done) throws IOException {
        int rows = rows(rawSize);
        int prefix = layout.prefix();
        int records = grid.recordsBegun(nextRow, nextRow + rows);
        FormatInput in = new FormatInput(new ByteArrayInputStream(payload), 0);
        byte[] prefixes = Prefixes.read(in, records * prefix);
        short[] samples = new short[rows * (int) grid.rowSamples()];
        try {
            model.decode(Arrays.copyOfRange(payload, (int) in.position(), payload.length), samples, rows, done);
        } catch (RuntimeException e) {
            // A damaged payload may lead the model anywhere; whatever it runs into is the archive's fault.
            throw new CorruptArchiveException("the model cannot decode the payload (" + e + ")", e);
        }
        checkLevels(samples);
        byte[] raw = new byte[rawSize];
        int record = 0;
        int at = 0;
        for (int row = 0; row < rows;) {
            if (begins(row)) {
                for (int i = 0; i < prefix; i++) {
                    raw[at++] = prefixes[i * records + record];
                }
                record++;
            }
            int n = piece(row, rows);
            int[] shape = grid.shape(n);
            layout.format().pack(shape, samples, row * (int) grid.rowSamples(), raw, at);
            at += (int) layout.format().bytes(shape);
            row += n;
        }
        nextRow += rows;
        return raw;
    }

    private boolean begins(int row) {
        return (nextRow + row) % grid.height() == 0;
    }

    /** Rows from this one on that are of one record. */
    private int piece(int row, int rows) {
        return (int) Math.min(rows - row, grid.height() - (nextRow + row) % grid.height());
    }

    private void checkLevels(short[] samples) throws CorruptArchiveException {
        int above = 0;
        int levels = layout.format().levels();
        for (short sample : samples) {
            above |= levels - 1 - (sample & 0xffff);
        }
        if (above < 0) {
            throw new CorruptArchiveException("the model gives samples above level " + (levels - 1));
        }
    }
}
