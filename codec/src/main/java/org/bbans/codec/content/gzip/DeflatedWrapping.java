package org.bbans.codec.content.gzip;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.bbans.codec.block.ContentView;
import org.bbans.codec.block.Spool;
import org.bbans.codec.content.deflate.DeflateRecipe;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;

/**
 * Takes a DEFLATE stream without any header, such as a member of a zip file, apart into what it inflates to and a few
 * bytes from which the very same stream can be made again ({@link DeflateRecipe}).
 *
 * <p>The wrapping's bytes: CRC-32C of the stream (4 bytes, little endian), the recipe.
 */
public final class DeflatedWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 3;

    /** A recipe that takes a larger part of the content than this would cost what the content's model wins. */
    private static final int RECIPE_SHARE = 16;
    private static final int LEAST_RECIPE = 256;
    private static final int BUFFER = 1 << 16;

    private DeflatedWrapping() {}

    /**
     * Takes a stream apart.
     *
     * @param stream a DEFLATE stream and nothing behind it
     * @param content receives what it inflates to; left with anything if the result is empty
     * @return what {@link #rewrap} needs; empty if the stream cannot be restored byte for byte
     * @throws IOException if something cannot be read or written
     */
    public static Optional<Wrapping> unwrap(ContentView stream, Spool content) throws IOException {
        if (stream.size() > GzipWrapping.MAX_BYTES || !inflate(stream, content)) {
            return Optional.empty();
        }
        CRC32C crc = new CRC32C();
        try (InputStream in = new CheckedInputStream(stream.open(), crc)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        int most = (int) Math.min(Wrapping.MAX_BYTES / 2, LEAST_RECIPE + content.size() / RECIPE_SHARE);
        Optional<byte[]> recipe =
                DeflateRecipe.of(stream::open, content::open, DeflateRecipe.MAX_WINDOW_BITS, most);
        if (recipe.isEmpty() || DeflateRecipe.streamSize(recipe.get()) != stream.size()) {
            return Optional.empty();
        }
        Wrapping wrapping = new Wrapping(KIND, ByteBuffer.allocate(Integer.BYTES + recipe.get().length)
                .order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).put(recipe.get()).array());
        try (InputStream in = content.open()) {
            rewrap(wrapping, in, OutputStream.nullOutputStream(), () -> false);
            return Optional.of(wrapping);
        } catch (CorruptArchiveException e) {
            return Optional.empty();
        }
    }

    /** Inflates the stream; returns whether it is sound, ends where it should, and is not too large. */
    private static boolean inflate(ContentView stream, OutputStream out) throws IOException {
        Inflater inflater = new Inflater(true);
        byte[] input = new byte[BUFFER];
        byte[] output = new byte[BUFFER];
        try (InputStream in = stream.open()) {
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    int n = in.read(input);
                    if (n < 0) {
                        return false;
                    }
                    inflater.setInput(input, 0, n);
                }
                int n = inflater.inflate(output);
                if (inflater.needsDictionary() || inflater.getBytesWritten() > GzipWrapping.MAX_BYTES) {
                    return false;
                }
                out.write(output, 0, n);
            }
            return inflater.getBytesRead() == stream.size();
        } catch (DataFormatException e) {
            return false;
        } finally {
            inflater.end();
        }
    }

    /**
     * Makes the stream again.
     *
     * @param wrapping what {@link #unwrap} returned
     * @param content what the stream inflates to
     * @param out receives the stream; left open
     * @param damaged asked when all of the content has been read: whether it is known to differ from the original, so
     *     that the stream cannot be compared
     * @throws CorruptArchiveException if the wrapping is malformed or the result is not the stream that was taken apart
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out, BooleanSupplier damaged)
            throws IOException {
        byte[] data = wrapping.data();
        if (data.length < Integer.BYTES) {
            throw new CorruptArchiveException("the parameters of the DEFLATE wrapping are damaged");
        }
        CRC32C crc = new CRC32C();
        BufferedOutputStream stream = new BufferedOutputStream(new CheckedOutputStream(out, crc), BUFFER);
        DeflateRecipe.restore(Arrays.copyOfRange(data, Integer.BYTES, data.length), content, stream);
        stream.flush();
        if (!damaged.getAsBoolean()
                && (int) crc.getValue() != ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getInt()) {
            throw new CorruptArchiveException("the restored DEFLATE stream differs from the one that was compressed");
        }
    }
}
