package org.bbans.cli.io;

import java.io.IOException;
import java.io.OutputStream;

/** Writes to a stream, and gives failures the name of what is written. Closing it does nothing. */
final class NamedOutputStream extends OutputStream {

    private final OutputStream out;
    private final String name;

    NamedOutputStream(OutputStream out, String name) {
        this.out = out;
        this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        try {
            out.write(b, off, len);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }
}
