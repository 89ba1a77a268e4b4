package org.bbans.codec.set;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.ans.StackUnderflowException;
import org.bbans.codec.wire.Varint;

/**
 * Codes a set of records without a model: every byte by how often it occurs at its place of the records, and the order
 * of the records not at all. A payload is the number of records that are coded without drawing them, which put the
 * first bits on the stack; a {@link ColumnTable} for every byte of a record; and the stack, of one head.
 */
public final class ColumnCodec {

    private static final int TOLD = 4096;

    private ColumnCodec() {}

    /**
     * Codes records.
     *
     * @param bytes records, one after the other
     * @param records number of them, 1 to {@link Draws#MAX_RECORDS}
     * @param size bytes of a record
     * @param done is told now and then how many records are coded
     */
    public static byte[] encode(byte[] bytes, int records, int size, IntConsumer done) {
        final ColumnTable[] tables = new ColumnTable[size];
        Arrays.setAll(tables, c -> ColumnTable.of(bytes, c, size, records));
        int undrawn = 1;
        while (true) {
            try {
                final AnsStack stack = stack(bytes, records, size, tables, undrawn, done);
                final ByteArrayOutputStream out = new ByteArrayOutputStream();
                Varint.write(out, undrawn);
                for (ColumnTable table : tables) {
                    table.write(out);
                }
                out.writeBytes(stack.toBytes());
                return out.toByteArray();
            } catch (StackUnderflowException tooFewBits) {
                undrawn = Math.min(records, 2 * undrawn);
            }
        }
    }

    private static AnsStack stack(byte[] bytes, int records, int size, ColumnTable[] tables, int undrawn,
            IntConsumer done) {
        final AnsStack stack = new AnsStack(1);
        final Draws draws = Draws.encoder(bytes, records, size, 1);
        final int[] row = new int[1];
        final int[] start = new int[size];
        final int[] freq = new int[size];
        for (int coded = 0; coded < records; coded++) {
            draws.draw(coded < undrawn ? null : stack, row, 1);
            for (int c = 0; c < size; c++) {
                final int index = tables[c].index(bytes[row[0] * size + c] & 0xFF);
                start[c] = tables[c].start(index);
                freq[c] = tables[c].freq(index);
            }
            stack.push(start, freq, 0, size, Shares.PRECISION);
            if (coded % TOLD == 0) {
                done.accept(coded);
            }
        }
        return stack;
    }

    /** Bytes of memory that decoding takes at most beside payload and records. */
    public static long memory(long recordBytes, long payloadBytes) {
        return ColumnTable.memory(recordBytes, payloadBytes);
    }

    /**
     * Decodes records.
     *
     * @param payload what {@link #encode} returned
     * @param bytes receives {@code records * size} bytes: the records, in no particular order
     * @param done is told now and then how many records are decoded
     * @throws IllegalArgumentException if the payload is damaged
     */
    public static void decode(byte[] payload, byte[] bytes, int records, int size, IntConsumer done) {
        try {
            final ByteBuffer in = ByteBuffer.wrap(payload);
            final int undrawn = ColumnTable.readVarint(in);
            if (undrawn < 1 || undrawn > records) {
                throw new IllegalArgumentException(undrawn + " records of " + records + " are not drawn");
            }
            final ColumnTable[] tables = new ColumnTable[size];
            for (int c = 0; c < size; c++) {
                tables[c] = ColumnTable.read(in, records);
            }
            pop(AnsStack.fromBytes(payload, in.position(), in.remaining(), 1), bytes, records, size, tables, undrawn,
                    done);
        } catch (BufferUnderflowException | StackUnderflowException e) {
            throw new IllegalArgumentException("it ends too early", e);
        }
    }

    private static void pop(AnsStack stack, byte[] bytes, int records, int size, ColumnTable[] tables, int undrawn,
            IntConsumer done) {
        final Draws draws = Draws.decoder(bytes, records, size, 1);
        final int[] slot = new int[1];
        final int[] start = new int[1];
        final int[] freq = new int[1];
        for (int record = 0; record < records; record++) {
            for (int c = 0; c < size; c++) {
                stack.peek(slot, 0, 1, Shares.PRECISION);
                final int index = tables[c].at(slot[0]);
                start[0] = tables[c].start(index);
                freq[0] = tables[c].freq(index);
                stack.pop(start, freq, 0, 1, Shares.PRECISION);
                bytes[record * size + c] = tables[c].value(index);
            }
            draws.giveBack(record < records - undrawn ? stack : null, record, 1);
            if (record % TOLD == 0) {
                done.accept(record);
            }
        }
        if (!stack.isInitial()) {
            throw new IllegalArgumentException("it does not end in the initial state");
        }
    }
}
