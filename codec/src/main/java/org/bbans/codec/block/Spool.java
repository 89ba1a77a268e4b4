package org.bbans.codec.block;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Bytes that are written once and then read: in memory while few, in a temporary file when many. */
public final class Spool extends OutputStream {

    private static final int IN_MEMORY = 1 << 24;

    private byte[] memory = new byte[1 << 10];
    private int used;
    private long size;
    private Path file;
    private OutputStream fileOut;

    /** A spool that holds these bytes; the array is kept. */
    static Spool of(byte[] bytes) {
        Spool spool = new Spool();
        spool.memory = bytes;
        spool.used = bytes.length;
        spool.size = bytes.length;
        return spool;
    }

    public long size() {
        return size;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        if (fileOut == null && len > IN_MEMORY - used) {
            file = Files.createTempFile("bbans", ".tmp");
            // Closing removes the file; this one is for a program that is told to stop in the middle.
            file.toFile().deleteOnExit();
            fileOut = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
            fileOut.write(memory, 0, used);
            memory = null;
        }
        if (fileOut == null) {
            if (len > memory.length - used) {
                memory = Arrays.copyOf(memory, Math.max(used + len, Math.min(IN_MEMORY, 2 * memory.length)));
            }
            System.arraycopy(b, off, memory, used, len);
            used += len;
        } else {
            fileOut.write(b, off, len);
        }
        size += len;
    }

    /** Reads from the beginning. Nothing may be written afterwards. */
    public InputStream open() throws IOException {
        if (fileOut == null) {
            return new ByteArrayInputStream(memory, 0, used);
        }
        fileOut.flush();
        return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    /** Forgets the bytes and removes the file. */
    @Override
    public void close() throws IOException {
        memory = new byte[0];
        used = 0;
        if (fileOut != null) {
            try (OutputStream out = fileOut) {
                fileOut = null;
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }
}
