package org.bbans.codec.content.gzip;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.bbans.codec.content.deflate.DeflateRecipe;
import org.bbans.codec.content.deflate.Inflation;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Expansion;
import org.bbans.codec.io.Spool;

/**
 * Takes a DEFLATE stream without any header, such as a member of a zip file, apart into what it inflates to and a few
 * bytes from which the very same stream can be made again ({@link DeflateRecipe}).
 *
 * <p>The wrapping's bytes are the recipe.
 */
public final class DeflatedWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 3;

    private static final int BUFFER = 1 << 16;

    private DeflatedWrapping() {}

    /**
     * Takes a stream apart.
     *
     * @param stream a DEFLATE stream and nothing behind it
     * @param content receives what it inflates to; left with anything if the result is empty
     * @return the wrapping's bytes; empty if the stream is none, or needs too many of them
     * @throws IOException if something cannot be read or written
     */
    public static Optional<byte[]> unwrap(ContentView stream, Spool content) throws IOException {
        if (stream.size() > GzipWrapping.MAX_BYTES || !inflate(stream, content)) {
            return Optional.empty();
        }
        return DeflateRecipe.of(stream::open, content::open, DeflateRecipe.MAX_WINDOW_BITS,
                GzipWrapping.mostRecipe(content.size()));
    }

    /** Inflates the stream; returns whether it is sound, ends where it should, and is not too large. */
    private static boolean inflate(ContentView stream, OutputStream out) throws IOException {
        long most = Expansion.most(stream.size(), GzipWrapping.MAX_BYTES);
        try (InputStream in = stream.open()) {
            return Inflation.of(in, stream.size(), false, most, out)
                    .filter(inflation -> inflation.streamBytes() == stream.size()).isPresent();
        }
    }

    /**
     * Makes the stream again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content what the stream inflates to
     * @param out receives the stream; left open
     * @throws CorruptArchiveException if the wrapping does not fit the content
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        BufferedOutputStream stream = new BufferedOutputStream(out, BUFFER);
        DeflateRecipe.restore(wrapping.data(), wrapping.size(), content, stream);
        stream.flush();
    }
}
