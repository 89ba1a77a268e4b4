package org.bbans.model.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorInputStream;
import org.apache.commons.compress.compressors.CompressorOutputStream;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.CompressorStreamProvider;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.model.BuiltInModels;
import org.bbans.model.CompressionOptions;

/**
 * The formats {@value #NAME} and {@value #PLAIN} of Commons Compress. Both write archives, the second without models:
 * all is coded with LZMA2 or stored, and no model is loaded. Either name reads either.
 */
public final class BbansStreamProvider implements CompressorStreamProvider {

    /** Records and images are looked for and coded with the built-in models where these help. */
    public static final String NAME = "bbans";

    /** No models. */
    public static final String PLAIN = "bbans-plain";

    private static final Set<String> NAMES = Set.of(NAME, PLAIN);

    /** Loads the built-in models when a stream is the first to write with them. */
    private static final class Standard {

        static final CompressionOptions OPTIONS = CompressionOptions.standard();

        private Standard() {}
    }

    /** Keeps the built-in models that archives have needed. */
    private static final class Source {

        static final BuiltInModels MODELS = new BuiltInModels();

        private Source() {}
    }

    /** {@inheritDoc} */
    public BbansStreamProvider() {}

    /**
     * The format that a stream is in: this one, or one of those that Commons Compress detects.
     *
     * @param in is left where it is; must support marks
     * @return a name for {@link CompressorStreamFactory#createCompressorInputStream(String, InputStream)}
     * @throws CompressorException if it is none of these, or {@code in} cannot be read
     * @throws IllegalArgumentException if {@code in} does not support marks
     */
    public static String detect(InputStream in) throws CompressorException {
        if (!in.markSupported()) {
            throw new IllegalArgumentException(
                    "the stream does not support marks: wrap a BufferedInputStream round it");
        }
        byte[] start;
        try {
            in.mark(ArchiveInfo.START_BYTES);
            try {
                start = in.readNBytes(ArchiveInfo.START_BYTES);
            } finally {
                in.reset();
            }
        } catch (IOException e) {
            throw new CompressorException("cannot read the beginning of the stream", e);
        }
        return ArchiveInfo.isArchive(start) ? NAME : CompressorStreamFactory.detect(in);
    }

    /**
     * Reads an archive and gives the file that it was made of. An archive whose model is neither built in nor embedded
     * needs {@link BbansInputStream} with a source of models.
     *
     * @param decompressUntilEof whether {@code in} holds nothing but archives; otherwise what follows the first archive
     *     is left alone, but more of {@code in} may have been read
     */
    @Override
    public CompressorInputStream createCompressorInputStream(String name, InputStream in,
            boolean decompressUntilEof) throws CompressorException {
        check(name);
        try {
            return new BbansInputStream(in, Source.MODELS, ReadOptions.DEFAULT.withAllowTrailing(!decompressUntilEof));
        } catch (IOException e) {
            throw new CompressorException(e.getMessage(), e);
        }
    }

    @Override
    public <T extends OutputStream> CompressorOutputStream<T> createCompressorOutputStream(String name,
            T out) throws CompressorException {
        return new BbansOutputStream<>(out, check(name).equals(NAME) ? Standard.OPTIONS : CompressionOptions.plain());
    }

    private static String check(String name) throws CompressorException {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAMES.contains(lower)) {
            throw new CompressorException("compressor " + name + " is none of " + NAMES);
        }
        return lower;
    }

    @Override
    public Set<String> getInputStreamCompressorNames() {
        return NAMES;
    }

    @Override
    public Set<String> getOutputStreamCompressorNames() {
        return NAMES;
    }
}
