package org.bbans.cli.io;

import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bbans.codec.content.LayoutDetector;

/** An input whose beginning can be looked at before it is read. Failures carry its name. */
public final class InputFile implements AutoCloseable {

    private final String name;
    private final Path path;
    private final long size;
    private final InputStream stream;
    private byte[] head = new byte[0];
    private boolean ended;

    private InputFile(String name, Path path, long size, InputStream raw) {
        this.name = name;
        this.path = path;
        this.size = size;
        this.stream = new Named(raw);
    }

    /**
     * Opens an input.
     *
     * @param name a file, or {@link OutputFile#STANDARD}
     */
    public static InputFile open(String name) throws FileException {
        if (name.equals(OutputFile.STANDARD)) {
            return new InputFile("standard input", null, LayoutDetector.UNKNOWN_SIZE,
                    new FileInputStream(FileDescriptor.in));
        }
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw new FileException(name, "is a directory; pack it into one file first, for example with tar");
            }
            boolean regular = Files.isRegularFile(path);
            return new InputFile(name, regular ? path : null, regular ? Files.size(path) : LayoutDetector.UNKNOWN_SIZE,
                    Files.newInputStream(path));
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    /** Another file's bytes under this input's name: its content, once unwrapped. */
    public InputFile unwrapped(Path content) throws IOException {
        return new InputFile(name, content, Files.size(content), Files.newInputStream(content));
    }

    /** As messages call it. */
    public String name() {
        return name;
    }

    /** The file; null if it is a pipe or a device. */
    public Path path() {
        return path;
    }

    /** Bytes of the content, or {@link LayoutDetector#UNKNOWN_SIZE}. */
    public long size() {
        return ended ? head.length : size;
    }

    /** The first bytes, fewer only if there are no more; they stay unread. */
    public byte[] peek(int bytes) throws IOException {
        if (head.length < bytes && !ended) {
            byte[] more = stream.readNBytes(bytes - head.length);
            byte[] all = Arrays.copyOf(head, head.length + more.length);
            System.arraycopy(more, 0, all, head.length, more.length);
            head = all;
            ended = head.length < bytes;
        }
        return head;
    }

    /** All bytes, those looked at included. To be asked for once. */
    public InputStream stream() {
        return head.length == 0 ? stream : new SequenceInputStream(new ByteArrayInputStream(head), stream);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private final class Named extends FilterInputStream {

        Named(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            try {
                return super.read(b, off, len);
            } catch (IOException e) {
                throw FileException.of(name, e);
            }
        }
    }
}
