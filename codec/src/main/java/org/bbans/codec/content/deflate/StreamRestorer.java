package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.BitCoder;

/** Makes the streams of a {@link DeflateRecipe} again, one after the other. */
public final class StreamRestorer {

    private static final String MISFIT = "the recipe of a deflated stream does not fit its bytes";

    private final PlainWindow window;
    private final TokenPredictor predictor;
    private final BlockCoder coder;
    private final DeflateBlock block = new DeflateBlock();

    /**
     * From the first stream on.
     *
     * @param recipe what {@link DeflateRecipe#of(DeflateStreams, int, int)} returned
     * @param plain the bytes that the streams inflate to; it may be read ahead
     * @throws CorruptArchiveException if the recipe is malformed
     */
    public StreamRestorer(byte[] recipe, InputStream plain) throws CorruptArchiveException {
        DeflateEncoder encoder = DeflateRecipe.encoder(recipe);
        window = new PlainWindow(plain);
        predictor = new TokenPredictor(encoder, window);
        coder = new BlockCoder(encoder, window, predictor, new BitCoder.Reader(recipe, DeflateRecipe.FIXED_BYTES));
    }

    /**
     * Makes the next stream.
     *
     * @param plainBytes bytes that it inflates to; {@link Long#MAX_VALUE} for all that are left
     * @param most bytes that it may have
     * @param out receives the stream; written to in small pieces: give it a buffer
     * @return bytes of the stream
     * @throws CorruptArchiveException if the recipe is malformed or does not fit these bytes
     */
    public long restore(long plainBytes, long most, OutputStream out) throws IOException {
        DeflateWriter writer = new DeflateWriter(out, most);
        coder.begin(plainBytes);
        do {
            block.clear();
            if (!coder.code(block)) {
                throw new CorruptArchiveException(MISFIT);
            }
            writer.write(block);
            if (block.type == DeflateBlock.Type.STORED) {
                for (int left = block.storedBytes; left > 0;) {
                    int n = Math.min(left, PlainWindow.AHEAD / 2);
                    int start = predictor.place();
                    if (!predictor.takeStored(n)) {
                        throw new CorruptArchiveException(MISFIT);
                    }
                    writer.bytes(window.bytes, start - window.base, n);
                    left -= n;
                }
            }
            if (writer.size() > DeflateRecipe.most(predictor.taken())) {
                throw new CorruptArchiveException("the recipe of a deflated stream makes too much of its bytes");
            }
        } while (!block.last);
        writer.end(coder.end(0));
        if (predictor.ahead() != 0) {
            throw new CorruptArchiveException(MISFIT);
        }
        return writer.size();
    }
}
