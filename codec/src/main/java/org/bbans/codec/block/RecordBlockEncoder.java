package org.bbans.codec.block;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RecordCodec;

/** Codes blocks of whole records, each in the cheapest of the possible ways. For any number of threads. */
public final class RecordBlockEncoder {

    private final Layout layout;
    private final int recordBytes;
    /** Null without a model. */
    private final RecordBlock records;
    private final boolean verify;
    private final boolean xz;

    /**
     * An encoder.
     *
     * @param model the model; null without one, which is of use only for records that have no order
     * @param verify whether every block is decoded and compared
     * @param xz whether LZMA2 is tried
     */
    public RecordBlockEncoder(Layout layout, RecordCodec model, boolean verify, boolean xz) {
        this.layout = layout;
        this.recordBytes = (int) layout.recordBytes();
        this.records = model == null ? null : new RecordBlock(layout, model);
        this.verify = verify;
        this.xz = xz;
    }

    /**
     * Codes a block.
     *
     * @param done is told how many bytes of it are done; to verify it is half of the work
     */
    public EncodedBlock encode(byte[] raw, IntConsumer done) throws IOException {
        BlockCandidates candidates = new BlockCandidates(raw, verify);
        boolean fits = records == null || tryModel(candidates, raw, done);
        if (ColumnBlock.maySave(layout)) {
            tryColumns(candidates, raw);
        }
        if (xz) {
            candidates.tryLzma2(recordBytes);
        }
        return candidates.best(fits);
    }

    /** Tries the model; returns whether the bytes fit the layout's sample format. */
    private boolean tryModel(BlockCandidates candidates, byte[] raw, IntConsumer done) throws IOException {
        boolean fits = true;
        try {
            int share = verify ? recordBytes / 2 : recordBytes;
            byte[] payload = records.encode(raw, xz, n -> done.accept(n * share));
            fits = payload != null;
            if (fits && candidates.isSmaller(payload)) {
                int coded = raw.length / 2;
                if (!verify || records.decodesTo(payload, raw, n -> done.accept(coded + n * share))) {
                    candidates.take(BlockKind.MODEL, payload);
                } else {
                    candidates.failed("the model does not decode what it encoded");
                }
            }
        } catch (RuntimeException | CorruptArchiveException e) {
            // Data must never be lost to a model that fails: the block is coded without it, and the failure is
            // reported.
            candidates.failed("the model failed: " + e);
        }
        return fits;
    }

    private void tryColumns(BlockCandidates candidates, byte[] raw) throws IOException {
        byte[] payload = ColumnBlock.encode(layout, raw, n -> {});
        if (candidates.isSmaller(payload)) {
            if (!verify || Arrays.equals(ColumnBlock.decode(layout, payload, raw.length, n -> {}), raw)) {
                candidates.take(BlockKind.COLUMNS, payload);
            } else {
                candidates.failed("the records' columns do not decode to what was encoded");
            }
        }
    }
}
