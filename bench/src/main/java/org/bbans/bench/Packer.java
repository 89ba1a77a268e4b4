package org.bbans.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;

/** General compressors of Commons Compress at their strongest setting. */
public enum Packer {
    /** LZMA2, as {@code xz -9}. */
    XZ {
        @Override
        OutputStream output(OutputStream out) throws IOException {
            return XZCompressorOutputStream.builder().setOutputStream(out).setLzma2Options(new LZMA2Options(9)).get();
        }

        @Override
        InputStream input(InputStream in) throws IOException {
            return new XZCompressorInputStream(in);
        }
    },
    /** Burrows-Wheeler, as {@code bzip2 -9}. */
    BZIP2 {
        @Override
        OutputStream output(OutputStream out) throws IOException {
            return new BZip2CompressorOutputStream(out, 9);
        }

        @Override
        InputStream input(InputStream in) throws IOException {
            return new BZip2CompressorInputStream(in);
        }
    };

    abstract OutputStream output(OutputStream out) throws IOException;

    abstract InputStream input(InputStream in) throws IOException;

    byte[] compress(byte[] data) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = output(bytes)) {
            out.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    byte[] decompress(byte[] packed) {
        try (InputStream in = input(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The data, compressed.
     *
     * @throws IllegalStateException if it does not come back
     */
    byte[] checked(byte[] data) {
        final byte[] packed = compress(data);
        if (!Arrays.equals(decompress(packed), data)) {
            throw new IllegalStateException(this + " does not decompress what it compresses");
        }
        return packed;
    }
}
