package org.bbans.codec.block;

import java.io.IOException;
import java.util.Arrays;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.io.Spool;

/** Chooses between what a model made of a block, LZMA2, and the bytes themselves. */
final class BlockCandidates {

    /** Blocks up to this size try LZMA2 without an estimate. */
    private static final int SMALL = 1 << 16;
    /** LZMA2 is not expected to get below two thirds of the estimate; pictures and text come to 0.75 to 0.9 of it. */
    private static final double ESTIMATE_FACTOR = 1.5;

    private final byte[] raw;
    private final boolean verify;
    private byte[] best;
    private BlockKind codec = BlockKind.STORED;
    private String failure;

    BlockCandidates(byte[] raw, boolean verify) {
        this.raw = raw;
        this.verify = verify;
        best = raw;
    }

    /** Whether a payload would be an improvement. */
    boolean isSmaller(byte[] payload) {
        return payload.length > 0 && payload.length < best.length;
    }

    /** Takes a payload that is smaller and sound. */
    void take(BlockKind kind, byte[] payload) {
        best = payload;
        codec = kind;
    }

    /** Notes that a codec failed; the block is coded without it. */
    void failed(String how) {
        failure = how;
    }

    /** Tries LZMA2, if it has a chance. */
    void tryLzma2(int recordBytes) throws IOException {
        if (codec != BlockKind.STORED && raw.length > SMALL
                && MatchEstimate.bytes(raw, recordBytes) >= ESTIMATE_FACTOR * best.length) {
            return;
        }
        byte[] payload = OpaqueBlock.lzma2(raw);
        if (isSmaller(payload)) {
            if (!verify || decodesTo(payload)) {
                take(BlockKind.LZMA2, payload);
            } else {
                failed("LZMA2 does not decode what it encoded");
            }
        }
    }

    private boolean decodesTo(byte[] payload) throws IOException {
        try {
            return Arrays.equals(OpaqueBlock.decode(BlockKind.LZMA2, payload, raw.length), raw);
        } catch (CorruptArchiveException e) {
            return false;
        }
    }

    /**
     * The outcome.
     *
     * @param fits whether the bytes fit the layout's sample format
     */
    EncodedBlock best(boolean fits) {
        return new EncodedBlock(codec, raw.length, Checksums.crc32c(raw), Spool.of(best), fits, failure);
    }
}
