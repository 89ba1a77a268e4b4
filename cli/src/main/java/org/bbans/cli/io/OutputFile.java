package org.bbans.cli.io;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where a result goes. A file appears under its name only when it is complete and on the disk; until then it is a
 * temporary file beside it, which is deleted on any failure. Pipes and devices are written to directly.
 */
public final class OutputFile implements Closeable {

    /** The name that stands for standard input and output. */
    public static final String STANDARD = "-";

    private static final int BUFFER = 1 << 16;

    private final String name;
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final OutputStream stream;
    private boolean committed;

    private OutputFile(String name, Path target, Path temporary, FileChannel channel, OutputStream raw) {
        this.name = name;
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
        this.stream = new BufferedOutputStream(new Named(raw), BUFFER);
    }

    /**
     * Opens an output.
     *
     * @param name the file, or {@link #STANDARD}
     * @param force whether an existing file is replaced
     * @param input the file that is read, or {@link #STANDARD}
     */
    public static OutputFile open(String name, boolean force, String input) throws FileException {
        if (name.equals(STANDARD)) {
            return new OutputFile("standard output", null, null, null, new FileOutputStream(FileDescriptor.out));
        }
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw new FileException(name, "is a directory; name a file in it");
            }
            boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
            if (exists && Files.exists(path) && !Files.isRegularFile(path)) {
                FileChannel device = FileChannel.open(path, StandardOpenOption.WRITE);
                return new OutputFile(name, null, null, null, new Channel(device));
            }
            if (exists && !input.equals(STANDARD) && Files.exists(path) && Files.isSameFile(path, Path.of(input))) {
                throw new FileException(name, "is the input too; name another output");
            }
            if (exists && !force) {
                throw new FileException(name, "exists already; add -f to overwrite it, or name another output");
            }
            // Through a link: the file that it leads to is replaced, not the link.
            Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
            Path temporary = Temporaries.create(target.getParent());
            FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
            return new OutputFile(name, target, temporary, channel, new Channel(channel));
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    public OutputStream stream() {
        return stream;
    }

    /** Whether the result is a file that only now gets its name. */
    boolean isFile() {
        return target != null;
    }

    /** The directory that the result will lie in; null unless it is a file. */
    public Path directory() {
        return target == null ? null : target.getParent();
    }

    /** The result is complete: makes it durable and gives it its name. */
    public void commit() throws FileException {
        try {
            stream.flush();
            if (target != null) {
                channel.force(true);
                channel.close();
                Temporaries.rename(temporary, target);
                sync(target.getParent());
            }
            committed = true;
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    /** The new name is durable only once its directory is; some systems cannot do that, and need not. */
    private static void sync(Path directory) {
        try (FileChannel d = FileChannel.open(directory, StandardOpenOption.READ)) {
            d.force(true);
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() {
        if (!committed && temporary != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The file is about to be deleted; what could not be written does not matter.
                committed = false;
            }
            Temporaries.delete(temporary);
        }
    }

    /** Gives failures the output's name. */
    private final class Named extends OutputStream {

        private final OutputStream out;

        Named(OutputStream out) {
            this.out = out;
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

    private static final class Channel extends OutputStream {

        private final FileChannel channel;

        Channel(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(b, off, len);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
