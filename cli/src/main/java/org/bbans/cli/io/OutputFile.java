package org.bbans.cli.io;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Where a result goes. A file appears under its name only when it is complete and on the disk; until then it is a
 * temporary file beside it, which is deleted on any failure, and which nobody may read who may not read the input.
 * Pipes and devices are written to directly.
 */
public final class OutputFile implements Closeable {

    /** The name that stands for standard input and output. */
    public static final String STANDARD = "-";

    /** Where the system shows what it is. */
    private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    private static final int BUFFER = 1 << 16;
    private static final String EXISTS = "exists already; add -f to overwrite it, or name another output";

    private final String name;
    private final Path target;
    private final boolean force;
    private final Optional<FileState> input;
    private final Optional<FileState> replaced;
    private final TemporaryFile temporary;
    private final FileChannel channel;
    private final OutputStream stream;
    private boolean committed;

    /** A file that only {@link #commit} gives its name. */
    private OutputFile(String name, Path target, boolean force, Optional<FileState> input) throws IOException {
        this.name = name;
        this.target = target;
        this.force = force;
        this.input = input;
        this.replaced = Files.exists(target) ? Optional.of(FileState.of(target)) : Optional.empty();
        this.temporary = Temporaries.create(parent(target), input.isEmpty() && replaced.isEmpty());
        this.channel = temporary.channel();
        this.stream = new BufferedOutputStream(new NamedOutputStream(new Channel(channel), name), BUFFER);
    }

    /** A pipe or device, with its channel, or standard output, without, which others may write to later. */
    private OutputFile(String name, OutputStream raw, FileChannel device) {
        this.name = name;
        this.target = null;
        this.force = false;
        this.input = Optional.empty();
        this.replaced = Optional.empty();
        this.temporary = null;
        this.channel = device;
        this.stream = new BufferedOutputStream(new NamedOutputStream(raw, name), BUFFER);
    }

    /**
     * Opens an output.
     *
     * @param name the file, or {@link #STANDARD}
     * @param force whether an existing file is replaced
     * @param input what is read; the result gets its mode and times
     */
    public static OutputFile open(String name, boolean force, InputFile input) throws FileException {
        return open(name, force, Optional.ofNullable(input.path()), input.state());
    }

    /** Opens an output that is made of no file, such as a trained model; otherwise as the other method. */
    public static OutputFile open(String name, boolean force) throws FileException {
        return open(name, force, Optional.empty(), Optional.empty());
    }

    private static OutputFile open(String name, boolean force, Optional<Path> input, Optional<FileState> state)
            throws FileException {
        if (name.equals(STANDARD)) {
            return new OutputFile("standard output", new FileOutputStream(FileDescriptor.out), null);
        }
        try {
            Path path = FileNames.path(name);
            if (Files.isDirectory(path)) {
                throw new FileException(name, "is a directory; name a file in it");
            }
            if (name.endsWith("/")) {
                throw new FileException(name, "no such directory; name a file, or create it");
            }
            boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
            if (exists && Files.exists(path) && !Files.isRegularFile(path)) {
                FileChannel device = FileChannel.open(path, StandardOpenOption.WRITE);
                return new OutputFile(name, new Channel(device), device);
            }
            if (exists && Files.exists(path) && input.isPresent() && Files.isSameFile(path, input.get())) {
                throw new FileException(name, "is the input too; name another output");
            }
            if (exists && !force) {
                throw new FileException(name, EXISTS);
            }
            // Through a link: the file that it leads to is replaced, not the link.
            return new OutputFile(name, Files.exists(path) ? path.toRealPath() : path, force, state);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    /**
     * The regular file that an output of this name would be written to, or would replace, if there is one.
     *
     * @param name the file, or {@link #STANDARD}, which may have been redirected to a file
     */
    public static Optional<Path> existing(String name) {
        try {
            Path path = name.equals(STANDARD) ? STANDARD_OUTPUT : FileNames.path(name);
            return Files.isRegularFile(path) ? Optional.of(path.toRealPath()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path parent(Path file) {
        return file.getParent() == null ? FileNames.path(".") : file.getParent();
    }

    public OutputStream stream() {
        return stream;
    }

    /** Whether the result is a file that only {@link #commit} gives its name, and not a pipe or a device. */
    public boolean isFile() {
        return target != null;
    }

    /** As messages call it. */
    public String name() {
        return name;
    }

    /** The directory that the result will lie in; empty unless it is a file. */
    public Optional<Path> directory() {
        return Optional.ofNullable(target).map(OutputFile::parent);
    }

    /** What has been written to the file so far, read from its beginning; need not be closed. */
    public InputStream written() throws FileException {
        try {
            stream.flush();
            channel.force(true);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
        return new InputStream() {

            private long at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                try {
                    int n = channel.read(ByteBuffer.wrap(b, off, len), at);
                    at += Math.max(n, 0);
                    return n;
                } catch (IOException e) {
                    throw FileException.of(name, e);
                }
            }
        };
    }

    /**
     * The result is complete: gives it the input's mode and times, makes it durable and gives it its name.
     *
     * @throws FileException too if it may not replace a file, and there is one by now
     */
    public void commit() throws FileException {
        try {
            stream.flush();
            if (target != null) {
                // The bytes take a while; behind them the file is locked no longer.
                channel.force(false);
                Path file = temporary.path();
                // First the time: Java opens the file for that, which its mode may forbid.
                if (input.isPresent()) {
                    Files.setLastModifiedTime(file, FileState.settable(input.get().modified().toInstant()));
                }
                Optional<FileState> model = input.or(() -> replaced);
                if (model.isPresent()) {
                    model.get().giveRights(file, replaced);
                }
                channel.force(true);
                channel.close();
                if (force) {
                    Temporaries.replace(file, target);
                } else {
                    Temporaries.publish(file, target);
                }
                sync(parent(target));
            }
            committed = true;
        } catch (FileAlreadyExistsException e) {
            throw new FileException(name, EXISTS);
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
            temporary.close();
        }
        if (temporary == null && channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // All has been written, or that has failed.
                return;
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
