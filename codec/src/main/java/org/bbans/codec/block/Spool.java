package org.bbans.codec.block;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.bbans.codec.format.TemporaryFileException;

/**
 * Bytes that are written by one thread and read by several if need be: in memory while few, in a temporary file
 * when many. Where the system can do that, the file has no name any more from its first byte on, so that not even a
 * program that is killed leaves it behind.
 */
public final class Spool extends OutputStream {

    private static final int IN_MEMORY = 1 << 24;
    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private byte[] memory = new byte[1 << 10];
    private int used;
    private long size;
    /** Null while the bytes are in memory. */
    private FileChannel file;

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

    private FileChannel create() throws TemporaryFileException {
        try {
            // Made by the library for the owner alone, then opened so that it goes when it is closed.
            Path path = Files.createTempFile(folder, "bbans", ".tmp");
            try {
                return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
            } catch (IOException e) {
                Files.deleteIfExists(path);
                throw e;
            }
        } catch (IOException e) {
            throw new TemporaryFileException(folder, e);
        }
    }

    private void writeFile(byte[] b, int off, int len) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(b, off, len);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new TemporaryFileException(folder, e);
        }
    }

    private void flushFile() throws IOException {
        int n = used;
        used = 0;
        writeFile(memory, 0, n);
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
        return new BufferedInputStream(new Reader(file, folder, from), BUFFER);
    }

    /**
     * Reads at a place, by several threads if need be, also while another one goes on writing.
     *
     * @param at place of the first byte, 0 to {@link #size}
     * @return bytes read; -1 at the end
     * @throws TemporaryFileException if what is left cannot be written to the file, or if that cannot be read
     */
    public int read(long at, byte[] b, int off, int len) throws IOException {
        synchronized (this) {
            if (file == null) {
                int n = (int) Math.min(len, size - at);
                System.arraycopy(memory, (int) at, b, off, n);
                return n == 0 && len > 0 ? -1 : n;
            }
            flushFile();
        }
        try {
            return file.read(ByteBuffer.wrap(b, off, len), at);
        } catch (IOException e) {
            throw new TemporaryFileException(folder, e);
        }
    }

    /** Forgets the bytes and removes the file. */
    @Override
    public void close() throws IOException {
        memory = new byte[0];
        used = 0;
        if (file != null) {
            file.close();
        }
    }

    /** Reads the file by positions, which any number of readers can do at a time. */
    private static final class Reader extends BulkInputStream {

        private final FileChannel file;
        private final Path folder;
        private long at;

        Reader(FileChannel file, Path folder, long from) {
            this.file = file;
            this.folder = folder;
            this.at = from;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            try {
                int n = file.read(ByteBuffer.wrap(b, off, len), at);
                at += Math.max(n, 0);
                return n;
            } catch (IOException e) {
                throw new TemporaryFileException(folder, e);
            }
        }

        @Override
        public long skip(long n) throws IOException {
            try {
                long skipped = Math.max(0, Math.min(n, file.size() - at));
                at += skipped;
                return skipped;
            } catch (IOException e) {
                throw new TemporaryFileException(folder, e);
            }
        }
    }
}
