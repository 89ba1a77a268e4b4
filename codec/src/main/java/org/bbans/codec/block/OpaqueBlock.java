package org.bbans.codec.block;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.io.BoundedOutputStream;
import org.bbans.codec.io.Spool;
import org.tukaani.xz.FinishableOutputStream;
import org.tukaani.xz.XZIOException;

/** Blocks of bytes without known structure: stored or LZMA2. */
public final class OpaqueBlock {

    private static final int CHUNK = 1 << 16;

    private OpaqueBlock() {}

    /** LZMA2 of bytes in memory, whatever its size. */
    public static byte[] lzma2(byte[] raw) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FinishableOutputStream encoder = Lzma2.encoder(out, raw.length, false);
        encoder.write(raw);
        encoder.finish();
        return out.toByteArray();
    }

    /**
     * LZMA2 of spooled bytes, to the same folder if it is large.
     *
     * @param progress hears how many bytes are done
     * @return the payload, or null if it would not be smaller than the bytes themselves
     */
    public static Spool lzma2(Spool raw, boolean x86, LongConsumer progress) throws IOException {
        Spool payload = raw.another();
        boolean kept = false;
        try (InputStream in = raw.open()) {
            FinishableOutputStream encoder = Lzma2.encoder(
                    new BoundedOutputStream(payload, raw.size() - 1, NotSmallerException::new), raw.size(), x86);
            byte[] chunk = new byte[CHUNK];
            long done = 0;
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("compression was interrupted");
                }
                encoder.write(chunk, 0, n);
                done += n;
                progress.accept(done);
            }
            encoder.finish();
            kept = true;
            return payload;
        } catch (NotSmallerException e) {
            return null;
        } finally {
            if (!kept) {
                payload.close();
            }
        }
    }

    /** Whether a payload decodes to these bytes. */
    public static boolean decodesTo(Spool payload, BlockKind codec, Spool raw) throws IOException {
        try (InputStream coded = payload.open(); InputStream expected = raw.open()) {
            InputStream decoded = Lzma2.decoder(coded, raw.size(), codec == BlockKind.LZMA2_X86);
            byte[] a = new byte[CHUNK];
            for (long left = raw.size(); left > 0;) {
                int want = (int) Math.min(left, CHUNK);
                int n = decoded.readNBytes(a, 0, want);
                if (n < want || !Arrays.equals(a, 0, n, expected.readNBytes(n), 0, n)) {
                    return false;
                }
                left -= n;
            }
            return decoded.read() < 0 && coded.read() < 0;
        } catch (XZIOException | EOFException e) {
            return false;
        }
    }

    /** Decodes a payload in memory. */
    public static byte[] decode(BlockKind codec, byte[] payload, int rawSize) throws IOException {
        if (codec == BlockKind.STORED) {
            return payload;
        }
        ByteArrayInputStream coded = new ByteArrayInputStream(payload);
        try {
            InputStream decoded = Lzma2.decoder(coded, rawSize, codec == BlockKind.LZMA2_X86);
            byte[] raw = decoded.readNBytes(rawSize);
            if (raw.length < rawSize || decoded.read() >= 0 || coded.available() > 0) {
                throw new CorruptArchiveException("the LZMA2 payload does not hold " + rawSize + " bytes");
            }
            return raw;
        } catch (XZIOException | EOFException e) {
            throw new CorruptArchiveException("the LZMA2 payload is damaged", e);
        }
    }

    /** Stops an encoder as soon as its result is too large to be of use. */
    private static final class NotSmallerException extends IOException {
        private static final long serialVersionUID = 1;
    }
}
