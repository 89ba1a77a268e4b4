package org.bbans.codec.content.deflate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * Keeps what a raw DEFLATE stream (RFC 1951) has beyond its plain bytes, so that the stream can be made again bit for
 * bit: the {@link DeflateEncoder} that explains it best, and its choices where they differ from that encoder's. Streams
 * of zlib and GNU gzip take some ten bytes, those of other encoders one to four percents of the plain bytes.
 *
 * <p>Several streams of one encoder have one recipe, in which the choices of each follow those of the one before.
 *
 * <p>A recipe: search (plus 8 for foreign encoders), level, hash bits, window bits, symbol bits (a byte each), then the
 * choices as {@link BlockCoder} codes them.
 */
public final class DeflateRecipe {

    /** Binary logarithm of the largest window. */
    public static final int MAX_WINDOW_BITS = 15;

    /** Binary logarithm of the smallest window. */
    public static final int MIN_WINDOW_BITS = 9;

    /** Most plain bytes; longer streams are left as they are. */
    static final int MAX_PLAIN = 1 << 30;

    /** Bytes before the choices. */
    static final int FIXED_BYTES = 5;
    /** Bit beside the search. */
    private static final int FOREIGN = 8;

    private DeflateRecipe() {}

    /** Opens a sequence of bytes from its beginning. */
    @FunctionalInterface
    public interface Source {
        /** A new stream; it is closed by whom it is given to. */
        InputStream open() throws IOException;
    }

    /**
     * The recipe of a stream.
     *
     * @param deflated the stream; bytes behind its end are not looked at
     * @param plain the bytes that it inflates to
     * @param windowBits binary logarithm of the window, 9 to 15, as the file around the stream has it; 15 if unknown
     * @param most largest recipe that is wanted
     * @return empty if the stream is malformed, does not inflate to {@code plain}, or needs a larger recipe
     */
    public static Optional<byte[]> of(Source deflated, Source plain, int windowBits, int most) throws IOException {
        return of(new Single(deflated, plain), windowBits, most);
    }

    /**
     * The recipe of several streams, which {@link StreamRestorer} makes again. It takes hardly more than that of one.
     *
     * @param windowBits binary logarithm of the window, 9 to 15, as the file around the streams has it; 15 if unknown
     * @param most largest recipe that is wanted
     * @return empty if a stream is malformed or does not inflate to its plain bytes, or a larger recipe is needed
     */
    public static Optional<byte[]> of(DeflateStreams streams, int windowBits, int most) throws IOException {
        return new EncoderSearch(streams, windowBits).smallest(most).filter(recipe -> recipe.length <= most);
    }

    /** A stream of all plain bytes. */
    record Single(Source deflated, Source plainSource) implements DeflateStreams {

        @Override
        public int count() {
            return 1;
        }

        @Override
        public InputStream deflated(int stream) throws IOException {
            return deflated.open();
        }

        @Override
        public long plainBytes(int stream) {
            return Long.MAX_VALUE;
        }

        @Override
        public InputStream plain() throws IOException {
            return plainSource.open();
        }
    }

    /**
     * Makes a stream again.
     *
     * @param recipe what {@link #of} returned
     * @param size bytes of the stream
     * @param plain the bytes that the stream inflates to
     * @param out receives the stream; written to in small pieces: give it a buffer
     * @throws CorruptArchiveException if the recipe is malformed or does not fit these bytes
     */
    public static void restore(byte[] recipe, long size, InputStream plain, OutputStream out) throws IOException {
        if (new StreamRestorer(recipe, plain).restore(Long.MAX_VALUE, size, out) != size) {
            throw new CorruptArchiveException("the recipe of a deflated stream does not fit its bytes");
        }
    }

    /** The encoder that a recipe begins with. */
    static DeflateEncoder encoder(byte[] recipe) throws CorruptArchiveException {
        check(recipe.length >= FIXED_BYTES && recipe[0] >= 0);
        int search = recipe[0] & ~FOREIGN;
        check(search < DeflateEncoder.Search.values().length);
        DeflateEncoder encoder = new DeflateEncoder(DeflateEncoder.Search.values()[search], recipe[1], recipe[2],
                recipe[3], recipe[4], recipe[0] != search);
        check(encoder.isValid());
        return encoder;
    }

    private static void check(boolean condition) throws CorruptArchiveException {
        if (!condition) {
            throw new CorruptArchiveException("the recipe of a deflated stream is damaged");
        }
    }

    /** Bytes that a stream may have for so many plain ones: empty blocks cost a recipe nothing, so they are bounded. */
    static long most(long plain) {
        return (1 << 16) + 64 * plain;
    }

    static byte[] recipe(DeflateEncoder encoder, byte[] choices) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(encoder.search().ordinal() | (encoder.foreign() ? FOREIGN : 0));
        out.write(encoder.level());
        out.write(encoder.hashBits());
        out.write(encoder.windowBits());
        out.write(encoder.symbolBits());
        out.writeBytes(choices);
        return out.toByteArray();
    }
}
