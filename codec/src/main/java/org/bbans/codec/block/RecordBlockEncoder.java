package org.bbans.codec.block;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.wire.Checksums;

/** Codes a block of records in the cheapest of the possible ways. */
public final class RecordBlockEncoder {

    /** Blocks up to this size try LZMA2 without an estimate. */
    private static final int SMALL = 1 << 16;
    /** LZMA2 is not expected to get below two thirds of the estimate; pictures and text come to 0.75 to 0.9 of it. */
    private static final double ESTIMATE_FACTOR = 1.5;

    private final Layout layout;
    private final RecordBlock records;
    private final boolean verify;
    private final boolean xz;

    public RecordBlockEncoder(ArchiveOptions options) {
        this.layout = options.layout();
        this.records = new RecordBlock(layout, options.model());
        this.verify = options.verify();
        this.xz = options.xz();
    }

    /**
     * Codes a block.
     *
     * @param done hears how many bytes of it are done; to verify it is half of the work
     */
    public EncodedBlock encode(byte[] raw, IntConsumer done) throws IOException {
        String failure = null;
        boolean fits = true;
        byte[] best = raw;
        BlockKind codec = BlockKind.STORED;
        try {
            int share = verify ? layout.recordBytes() / 2 : layout.recordBytes();
            byte[] payload = records.encode(raw, xz, n -> done.accept(n * share));
            fits = payload != null;
            if (fits && payload.length > 0 && payload.length < raw.length) {
                int coded = raw.length / 2;
                if (!verify || records.decodesTo(payload, raw, n -> done.accept(coded + n * share))) {
                    best = payload;
                    codec = BlockKind.MODEL;
                } else {
                    failure = "the model does not decode what it encoded";
                }
            }
        } catch (RuntimeException | CorruptArchiveException e) {
            // Data must never be lost to a model that fails: the block is coded without it, and the failure is
            // reported.
            failure = "the model failed: " + e;
        }
        if (xz && (codec == BlockKind.STORED || raw.length <= SMALL
                || MatchEstimate.bytes(raw, layout.recordBytes()) < ESTIMATE_FACTOR * best.length)) {
            byte[] payload = OpaqueBlock.lzma2(raw);
            if (payload.length < best.length) {
                if (!verify || decodesTo(payload, raw)) {
                    best = payload;
                    codec = BlockKind.LZMA2;
                } else {
                    failure = "LZMA2 does not decode what it encoded";
                }
            }
        }
        return new EncodedBlock(codec, raw.length, Checksums.crc32c(raw), Spool.of(best), fits, failure);
    }

    private static boolean decodesTo(byte[] payload, byte[] raw) throws IOException {
        try {
            return Arrays.equals(OpaqueBlock.decode(BlockKind.LZMA2, payload, raw.length), raw);
        } catch (CorruptArchiveException e) {
            return false;
        }
    }
}
