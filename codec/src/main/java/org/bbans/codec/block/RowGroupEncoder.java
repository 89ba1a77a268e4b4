package org.bbans.codec.block;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RowGrid;

/**
 * Codes the blocks of a group of rows in order, each in the cheapest of the possible ways. After a block that the model
 * did not code, the model begins anew, as its decoder will not have seen that block. To verify, a decoder goes along.
 */
public final class RowGroupEncoder {

    private final Layout layout;
    private final RowGrid grid;
    private final RasterCodec model;
    private final boolean verify;
    private final boolean xz;
    private long nextRow;
    /** Null where the model has to begin anew. */
    private RowGroup encoder;
    private RowGroup decoder;
    /** Where the model has to begin anew, as it began within a record. */
    private long end;

    /**
     * An encoder.
     *
     * @param firstRow the group's first row
     * @param verify whether every block is decoded and compared
     * @param xz whether LZMA2 is tried
     */
    public RowGroupEncoder(Layout layout, RasterCodec model, long firstRow, boolean verify, boolean xz) {
        this.layout = layout;
        this.grid = new RowGrid(layout);
        this.model = model;
        this.nextRow = firstRow;
        this.verify = verify;
        this.xz = xz;
    }

    /**
     * Codes the next block.
     *
     * @param raw bytes of whole rows, which do not go beyond a record in whose middle they begin
     * @param done is told how many bytes of it are done; to verify it is half of the work
     */
    public EncodedBlock encode(byte[] raw, IntConsumer done) throws IOException {
        long last = grid.rowAt(grid.offset(nextRow) + raw.length);
        int rows = (int) (last - nextRow);
        boolean wholeRecords = nextRow % grid.height() == 0 && last % grid.height() == 0;
        BlockCandidates candidates = new BlockCandidates(raw, verify);
        boolean fits = true;
        try {
            boolean begins = encoder == null;
            if (begins) {
                begin();
            }
            double share = (verify ? 0.5 : 1.0) * raw.length / rows;
            byte[] payload = encoder.encode(raw, rows, xz, n -> done.accept((int) (n * share)));
            fits = payload != null;
            if (fits && candidates.isSmaller(payload)) {
                int coded = raw.length / 2;
                if (!verify || decodesTo(payload, raw, n -> done.accept((int) (coded + n * share)))) {
                    candidates.take(begins ? BlockKind.ROWS : BlockKind.MORE_ROWS, payload);
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
            candidates.tryLzma2(wholeRecords ? (int) layout.recordBytes() : raw.length);
        }
        EncodedBlock block = candidates.best(fits);
        nextRow = last;
        if (!block.codec().isRows() || nextRow == end) {
            encoder = null;
            decoder = null;
        }
        return block;
    }

    private void begin() {
        encoder = new RowGroup(layout, model, nextRow, true);
        decoder = verify ? new RowGroup(layout, model, nextRow, false) : null;
        long into = nextRow % grid.height();
        end = into == 0 ? Long.MAX_VALUE : nextRow - into + grid.height();
    }

    private boolean decodesTo(byte[] payload, byte[] raw, IntConsumer done) throws IOException {
        return Arrays.equals(decoder.decode(payload, raw.length, done), raw);
    }
}
