package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.io.InputStream;

/**
 * Raw DEFLATE streams of one encoder, at least one, and the bytes that they inflate to. Each begins anew: none refers
 * to the bytes of another.
 */
public interface DeflateStreams {

    /** Number of streams. */
    int count();

    /** Opens a stream; bytes behind its end are not looked at. It is closed by whom it is given to. */
    InputStream deflated(int stream) throws IOException;

    /** Bytes that a stream inflates to; {@link Long#MAX_VALUE} for all that are left. */
    long plainBytes(int stream);

    /** Opens the bytes that the streams inflate to, in order. It is closed by whom it is given to. */
    InputStream plain() throws IOException;
}
