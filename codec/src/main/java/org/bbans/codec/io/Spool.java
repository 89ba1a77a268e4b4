package org.bbans.codec.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bbans.codec.format.TemporaryFileException;

/**
 * Bytes that are written by one thread and read by several if need be: in memory while few, in a temporary file
 * when many. Where the system can do that, the file has no name any more from its first byte on, so that not even a
 * program that is killed leaves it behind. Interrupting a thread does not close the file, as it would a channel: the
 * bytes may be others' too.
 */
public final class Spool extends OutputStream {

    private static final int IN_MEMORY = 1 << 24;
    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private byte[] memory = new byte[1 << 10];
    private int used;
    private long size;
    /** Null while the bytes are in memory. */
    private RandomAccessFile file;
    /** The file's name where the system does not let go of it while the file is open; else null. */
    private Path name;

    /** An empty spool whose file, if it needs one, lies in the folder {@code java.io.tmpdir}. */
    public Spool() {
        this(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** An empty spool whose file, if it needs one, lies in this folder. */
    public Spool(Path folder) {
        this.folder = folder;
    }

    /** An empty spool whose file, if it needs one, lies in the same folder as this one's. */
    public Spool another() {
        return new Spool(folder);
    }

    /** A spool that holds these bytes; the array is kept. */
    public static Spool of(byte[] bytes) {
        Spool spool = new Spool();
        spool.memory = bytes;
        spool.used = bytes.length;
        spool.size = bytes.length;
        return spool;
    }

    public synchronized long size() {
        return size;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Appends some bytes.
     *
     * @throws TemporaryFileException if the file cannot be written
     */
    @Override
    public synchronized void write(byte[] b, int off, int len) throws IOException {
        if (file == null && len > IN_MEMORY - used) {
            file = create();
            // From here on memory is the file's write buffer.
            writeFile(memory, 0, used);
            memory = new byte[BUFFER];
            used = 0;
        }
        if (file == null) {
            if (len > memory.length - used) {
                memory = Arrays.copyOf(memory, Math.max(used + len, Math.min(IN_MEMORY, 2 * memory.length)));
            }
            System.arraycopy(b, off, memory, used, len);
            used += len;
        } else if (len > memory.length - used) {
            flushFile();
            writeFile(b, off, len);
        } else {
            System.arraycopy(b, off, memory, used, len);
            used += len;
        }
        size += len;
    }

    private RandomAccessFile create() throws TemporaryFileException {
        try {
            // Made by the library for the owner alone.
            Path path = Files.createTempFile(folder, "bbans", ".tmp");
            try {
                RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
                forget(path);
                return opened;
            } catch (IOException e) {
                Files.deleteIfExists(path);
                throw e;
            }
        } catch (IOException e) {
            throw new TemporaryFileException(folder, e);
        }
    }

    private void forget(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
            name = path;
        }
    }

    private void writeFile(byte[] b, int off, int len) throws IOException {
        try {
            file.seek(file.length());
            file.write(b, off, len);
        } catch (IOException e) {
            throw new TemporaryFileException(folder, e);
        }
    }

    private void flushFile() throws IOException {
        int n = used;
        used = 0;
        if (n > 0) {
            writeFile(memory, 0, n);
        }
    }

    /**
     * Reads from the beginning. Nothing may be written afterwards.
     *
     * @throws TemporaryFileException if what is left cannot be written to the file
     */
    public InputStream open() throws IOException {
        return open(0);
    }

    /**
     * Reads from a place on. Nothing may be written afterwards.
     *
     * @param from bytes before it, at most all
     * @throws TemporaryFileException if what is left cannot be written to the file
     */
    public synchronized InputStream open(long from) throws IOException {
        if (file == null) {
            return new ByteArrayInputStream(memory, (int) from, used - (int) from);
        }
        flushFile();
        return new BufferedInputStream(new Reader(from), BUFFER);
    }

    /**
     * Reads at a place, by several threads if need be, also while another one goes on writing.
     *
     * @param at place of the first byte, 0 to {@link #size}
     * @return bytes read; -1 at the end
     * @throws TemporaryFileException if what is left cannot be written to the file, or if that cannot be read
     */
    public synchronized int read(long at, byte[] b, int off, int len) throws IOException {
        if (file == null) {
            int n = (int) Math.min(len, size - at);
            System.arraycopy(memory, (int) at, b, off, n);
            return n == 0 && len > 0 ? -1 : n;
        }
        flushFile();
        try {
            file.seek(at);
            return file.read(b, off, len);
        } catch (IOException e) {
            throw new TemporaryFileException(folder, e);
        }
    }

    /** Forgets the bytes and removes the file. */
    @Override
    public synchronized void close() throws IOException {
        memory = new byte[0];
        used = 0;
        if (file != null) {
            file.close();
        }
        if (name != null) {
            Files.deleteIfExists(name);
        }
    }

    /** Reads the file by positions, which any number of readers can do at a time. */
    private final class Reader extends BulkInputStream {

        private long at;

        Reader(long at) {
            this.at = at;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = Spool.this.read(at, b, off, len);
            at += Math.max(n, 0);
            return n;
        }

        @Override
        public long skip(long n) {
            long skipped = Math.max(0, Math.min(n, size() - at));
            at += skipped;
            return skipped;
        }
    }
}
