package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A stream of DEFLATE (RFC 1951) that has been inflated.
 *
 * @param streamBytes bytes of the stream
 * @param bytes what it holds has
 * @param rest bytes that were read behind the stream
 */
public record Inflation(long streamBytes, long bytes, byte[] rest) {

    private static final int BUFFER = 1 << 16;

    /**
     * Inflates a stream.
     *
     * @param in begins with the stream
     * @param inBytes bytes that it gives, roughly: no more are read at a time
     * @param isZlib whether the stream has the header and the checksum of RFC 1950
     * @param most bytes that it may hold
     * @param out receives what it holds; is left with anything if the result is empty
     * @return empty if the stream is damaged or cut, asks for a dictionary or holds more than {@code most} bytes
     */
    public static Optional<Inflation> of(InputStream in, long inBytes, boolean isZlib, long most, OutputStream out)
            throws IOException {
        Inflater inflater = new Inflater(!isZlib);
        byte[] input = new byte[(int) Math.max(1, Math.min(BUFFER, inBytes))];
        byte[] output = new byte[(int) Math.min(BUFFER, most + 1)];
        int filled = 0;
        try {
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    filled = in.read(input);
                    if (filled < 0) {
                        return Optional.empty();
                    }
                    inflater.setInput(input, 0, filled);
                }
                int n = inflater.inflate(output);
                if (inflater.needsDictionary() || inflater.getBytesWritten() > most) {
                    return Optional.empty();
                }
                out.write(output, 0, n);
            }
            return Optional.of(new Inflation(inflater.getBytesRead(), inflater.getBytesWritten(),
                    Arrays.copyOfRange(input, filled - inflater.getRemaining(), filled)));
        } catch (DataFormatException e) {
            return Optional.empty();
        } finally {
            inflater.end();
        }
    }
}
