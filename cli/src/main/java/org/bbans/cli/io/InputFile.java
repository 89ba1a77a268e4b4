package org.bbans.cli.io;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.content.LayoutDetector;

/** An input. Failures carry its name. */
public final class InputFile implements AutoCloseable {

    private final String name;
    private final Path path;
    private final FileState opened;
    private final InputStream stream;

    private InputFile(String name, Path path, FileState opened, InputStream raw) {
        this.name = name;
        this.path = path;
        this.opened = opened;
        this.stream = new BufferedInputStream(new Named(raw), 1 << 16);
    }

    /**
     * Opens an input.
     *
     * @param name a file, or {@link OutputFile#STANDARD}
     */
    public static InputFile open(String name) throws FileException {
        if (name.equals(OutputFile.STANDARD)) {
            return new InputFile("standard input", null, null, new FileInputStream(FileDescriptor.in));
        }
        try {
            Path path = FileNames.path(name);
            if (Files.isDirectory(path)) {
                throw new FileException(name, "is a folder; name a file");
            }
            boolean regular = Files.isRegularFile(path);
            // Before it is opened: what happens in between counts as a change.
            FileState state = regular ? FileState.of(path) : null;
            PushbackInputStream in = new PushbackInputStream(Files.newInputStream(path));
            if (regular && state.size() == 0) {
                // Files of /proc have bytes, but no size. They are read like pipes.
                int first = in.read();
                if (first >= 0) {
                    in.unread(first);
                    return new InputFile(name, null, null, in);
                }
            }
            return new InputFile(name, regular ? path : null, state, in);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
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
        return opened == null ? LayoutDetector.UNKNOWN_SIZE : opened.size();
    }

    /** All bytes. To be asked for once. */
    public InputStream stream() {
        return stream;
    }

    /** What the file was when it was opened; empty if it is a pipe or a device. */
    Optional<FileState> state() {
        return Optional.ofNullable(opened);
    }

    /** Whether a regular file begins as archives do. */
    public boolean isArchive() throws FileException {
        return path != null && isArchive(name);
    }

    /** Whether it begins as archives of files by name do. */
    public boolean isCollection() throws IOException {
        return CollectionReader.begins(start());
    }

    /**
     * Makes sure that it is an archive of files by name.
     *
     * @param instead what to do with another archive
     * @throws FileException if it is not
     */
    public void checkCollection(String instead) throws IOException {
        if (!isCollection()) {
            throw new FileException(name, isNameless() || ArchiveInfo.isArchive(start())
                    ? "holds no files by name; " + instead : "is no bbans archive");
        }
    }

    /** Whether it begins as archives of a content in segments do. */
    public boolean isNameless() throws IOException {
        return CollectionReader.beginsNameless(start());
    }

    private byte[] start() throws IOException {
        stream.mark(CollectionReader.START_BYTES);
        byte[] start = stream.readNBytes(CollectionReader.START_BYTES);
        stream.reset();
        return start;
    }

    /** Whether there is a regular file of that name that begins as archives do. */
    public static boolean isArchive(String name) throws FileException {
        Path file = FileNames.path(name);
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try {
            return ArchiveInfo.isArchive(file);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    /**
     * Makes sure that all that has been read is one state of one file.
     *
     * @throws FileException if somebody has written to it meanwhile, or put another file in its place
     */
    public void checkUnchanged() throws FileException {
        if (opened == null) {
            return;
        }
        try {
            if (!opened.isUnchanged(FileState.of(path))) {
                throw new FileException(name, "has changed while it was read; try again when nobody writes to it, or "
                        + "take a copy of it");
            }
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    /**
     * Makes sure that {@link #delete} will be able to.
     *
     * @throws FileException if the input is a link, of which it is unclear what should go
     */
    public void checkDeletable() throws FileException {
        if (path != null && Files.isSymbolicLink(path)) {
            throw new FileException(name, "is a symbolic link, which --rm does not follow; name the file itself");
        }
    }

    /**
     * Deletes the very file that has been read.
     *
     * @throws FileException if it is not there any more, or not as it was
     */
    public void delete() throws FileException {
        checkUnchanged();
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
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

        /** Not asked of pipes with names, which cannot tell. */
        @Override
        public int available() {
            return 0;
        }
    }
}
