package org.bbans.cli.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdUtils;

/**
 * A general-purpose compressor to compare with.
 *
 * @param name as its command line would read
 * @param encoder wraps the stream of compressed bytes for writing
 * @param decoder wraps it for reading
 */
public record Peer(String name, Wrapper<OutputStream> encoder, Wrapper<InputStream> decoder) {

    /** Puts a compressor around a stream. */
    @FunctionalInterface
    interface Wrapper<S> {

        S wrap(S stream) throws IOException;
    }

    /** Whether there are any: Commons Compress is not part of the distribution. */
    public static boolean atHand() {
        try {
            Class.forName("org.apache.commons.compress.compressors.zstandard.ZstdUtils");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** The compressors that are at hand, none of them without Commons Compress. */
    static List<Peer> all() {
        return atHand() ? CommonsCompress.peers() : List.of();
    }

    byte[] encode(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = encoder.wrap(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    byte[] decode(byte[] compressed) throws IOException {
        try (InputStream in = decoder.wrap(new ByteArrayInputStream(compressed))) {
            return in.readAllBytes();
        }
    }

    /** A class of its own, since loading it takes what may not be there. */
    private static final class CommonsCompress {

        static List<Peer> peers() {
            List<Peer> peers = new ArrayList<>(List.of(
                    new Peer("gzip -9", out -> new GzipCompressorOutputStream(out, level9()),
                            GzipCompressorInputStream::new),
                    new Peer("bzip2 -9", out -> new BZip2CompressorOutputStream(out, 9),
                            BZip2CompressorInputStream::new),
                    new Peer("xz -9", out -> new XZCompressorOutputStream(out, 9), XZCompressorInputStream::new)));
            if (ZstdUtils.isZstdCompressionAvailable()) {
                for (int level : new int[] {3, 19, 22}) {
                    peers.add(new Peer("zstd -" + level, out -> new ZstdCompressorOutputStream(out, level),
                            ZstdCompressorInputStream::new));
                }
            }
            return peers;
        }

        private static GzipParameters level9() {
            GzipParameters parameters = new GzipParameters();
            parameters.setCompressionLevel(9);
            return parameters;
        }
    }
}
