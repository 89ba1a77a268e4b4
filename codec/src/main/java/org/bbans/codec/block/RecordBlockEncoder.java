package org.bbans.codec.block;

import java.io.IOException;
import java.util.function.IntConsumer;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RecordCodec;

/** Codes blocks of whole records, each in the cheapest of the possible ways. For any number of threads. */
public final class RecordBlockEncoder {

    private final int recordBytes;
    private final RecordBlock records;
    private final boolean verify;
    private final boolean xz;

    /**
     * An encoder.
     *
     * @param verify whether every block is decoded and compared
     * @param xz whether LZMA2 is tried
     */
    public RecordBlockEncoder(Layout layout, RecordCodec model, boolean verify, boolean xz) {
        this.recordBytes = (int) layout.recordBytes();
        this.records = new RecordBlock(layout, model);
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
        if (xz) {
            candidates.tryLzma2(recordBytes);
        }
        return candidates.best(fits);
    }
}
