package org.bbans.codec.content.number;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
 * Takes a table of integers apart that is written as text: into bytes, or two bytes a number, in an NPY file.
 *
 * <p>The wrapping's bytes: the separator (u8); {@link #RETURNS} and {@link #OPEN} if that is so (u8); the number of
 * rows (varint); the {@linkplain CsvColumns columns}; the size of the line before the rows (varint), and LZMA2 of it.
 */
public final class CsvWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 6;

    private static final int RETURNS = 1;
    private static final int OPEN = 2;
    private static final int MAX_HEADER = 1 << 20;
    /** Of fewer numbers there is nothing to gain. */
    private static final int LEAST_NUMBERS = 1 << 10;
    private static final int BUFFER = 1 << 16;
    private static final String DAMAGED = "the parameters of the CSV wrapping are damaged";

    private CsvWrapping() {}

    /** Whether a file that begins like this may be such a table: its first row is one. */
    public static boolean looksLikeCsv(byte[] head, int length) {
        return length >= 2 * LEAST_NUMBERS && CsvFormat.of(head, length).isPresent();
    }

    /**
     * Takes a table apart.
     *
     * @param content receives its numbers; left with anything if the result is empty
     * @return the wrapping's bytes; empty if the file is no such table and nothing else
     * @throws IOException if something cannot be read or written
     */
    public static Optional<byte[]> unwrap(ContentView file, Spool content) throws IOException {
        byte[] head = file.start(2 * MAX_HEADER);
        Optional<CsvFormat> format = CsvFormat.of(head, head.length);
        if (format.isEmpty()) {
            return Optional.empty();
        }
        CsvTable table;
        try (CsvReader in = new CsvReader(file.open(format.get().headerBytes()), format.get())) {
            table = CsvTable.of(in);
        }
        if (table == null || table.rows() * table.columns() < LEAST_NUMBERS) {
            return Optional.empty();
        }
        Optional<CsvColumns> found = CsvColumns.of(table);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        CsvColumns columns = found.get();
        try (CsvReader in = new CsvReader(file.open(format.get().headerBytes()), format.get())) {
            BufferedOutputStream out = new BufferedOutputStream(content, BUFFER);
            out.write(columns.header(table));
            store(in, columns, table.rows(), out);
            out.flush();
        }
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.write(format.get().separator());
        data.write((format.get().hasReturns() ? RETURNS : 0) + (table.isOpen() ? OPEN : 0));
        Varint.write(data, table.rows());
        columns.write(data);
        Varint.write(data, format.get().headerBytes());
        byte[] header = new byte[format.get().headerBytes()];
        System.arraycopy(head, 0, header, 0, header.length);
        data.writeBytes(OpaqueBlock.lzma2(header));
        return Optional.of(data.toByteArray());
    }

    private static void store(CsvReader in, CsvColumns columns, long rows, OutputStream out) throws IOException {
        byte[] row = new byte[columns.rowBytes()];
        int[] places = places(columns);
        for (long r = 0; r < rows; r++) {
            for (int i = 0; i < places.length; i++) {
                in.next();
                columns.column(i).write(in.value(), row, places[i]);
            }
            out.write(row);
        }
    }

    /** Where each column's number is in a stored row. */
    private static int[] places(CsvColumns columns) {
        int[] places = new int[columns.all()];
        int at = 0;
        for (int i : columns.stored()) {
            places[i] = at;
            at += columns.column(i).bytes();
        }
        return places;
    }

    /**
     * Makes the table again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the content
     * @param out receives the file; left open
     * @throws CorruptArchiveException if the wrapping does not fit the content
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        Parameters p = Parameters.of(wrapping.data());
        NpyHeader.skip(content, DAMAGED);
        BufferedOutputStream file = new BufferedOutputStream(out, BUFFER);
        file.write(p.header);
        byte[] end = ((p.flags & RETURNS) != 0 ? "\r\n" : "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] row = new byte[p.columns.rowBytes()];
        int[] places = places(p.columns);
        for (long r = 0; r < p.rows; r++) {
            if (content.readNBytes(row, 0, row.length) < row.length) {
                throw new CorruptArchiveException(DAMAGED);
            }
            write(row, p.columns, places, p.separator, file);
            if (r < p.rows - 1 || (p.flags & OPEN) == 0) {
                file.write(end);
            }
        }
        if (content.read() >= 0) {
            throw new CorruptArchiveException(DAMAGED);
        }
        file.flush();
    }

    /** What a wrapping says. */
    private record Parameters(int separator, int flags, long rows, CsvColumns columns, byte[] header) {

        static Parameters of(byte[] data) throws IOException {
            FormatInput in = new FormatInput(new ByteArrayInputStream(data), 0);
            try {
                int separator = in.readByte(DAMAGED);
                int flags = in.readByte(DAMAGED);
                long rows = in.readVarint(DAMAGED);
                CsvColumns columns = CsvColumns.read(in, DAMAGED);
                long headerBytes = in.readVarint(DAMAGED);
                if (flags > (RETURNS | OPEN) || headerBytes > MAX_HEADER) {
                    throw new CorruptArchiveException(DAMAGED);
                }
                return new Parameters(separator, flags, rows, columns, OpaqueBlock.decode(BlockKind.LZMA2,
                        in.readBytes(data.length - in.position(), DAMAGED), (int) headerBytes));
            } catch (CorruptArchiveException e) {
                throw new CorruptArchiveException(DAMAGED, e);
            }
        }
    }

    private static void write(byte[] row, CsvColumns columns, int[] places, int separator, OutputStream file)
            throws IOException {
        for (int i = 0; i < places.length; i++) {
            if (i > 0) {
                file.write(separator);
            }
            long value = columns.column(i).read(row, places[i]);
            if (value >= 0 && value < 10) {
                file.write('0' + (int) value);
            } else {
                file.write(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
