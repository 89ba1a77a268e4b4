package org.bbans.cli.io;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;

/**
 * Writes the entries of a collection into a folder, and nothing outside of it: the paths have names only, no link is
 * followed on the way, and the links of the archive are made when everything else is there. A file appears under its
 * name when it is complete.
 */
public final class FolderRestorer {

    private static final String EXISTS = "exists already; add -f to overwrite it, or restore into another folder";

    private final Path root;
    private final boolean force;
    private final Predicate<CollectionEntry> wanted;
    private final Set<Path> folders = new HashSet<>();
    /** Restored names without case and in one Unicode form. */
    private final Set<String> folded = new HashSet<>();
    private final List<CollectionEntry> links = new ArrayList<>();
    private final List<CollectionEntry> folderEntries = new ArrayList<>();
    private long files;
    private long bytes;

    /**
     * Restores below a folder.
     *
     * @param root made if it is not there
     * @param force whether existing files are replaced
     * @param wanted what is restored
     */
    public FolderRestorer(Path root, boolean force, Predicate<CollectionEntry> wanted) {
        this.root = root;
        this.force = force;
        this.wanted = wanted;
    }

    /** Restores the folders and files of a batch. */
    public void restore(CollectionBatch batch) throws IOException {
        try {
            Files.createDirectories(root);
        } catch (FileAlreadyExistsException e) {
            throw new FileException(root.toString(), "is no folder; name one to restore files in");
        } catch (IOException e) {
            throw FileException.of(root.toString(), e);
        }
        for (CollectionEntry entry : batch.entries()) {
            if (!wanted.test(entry)) {
                continue;
            }
            if (entry.type() == EntryType.FOLDER) {
                folder(path(entry), entry);
                folderEntries.add(entry);
            } else if (entry.type() == EntryType.LINK) {
                links.add(entry);
            } else if (!force && Files.exists(path(entry), LinkOption.NOFOLLOW_LINKS)) {
                throw new FileException(path(entry).toString(), EXISTS);
            }
        }
        batch.read(wanted, this::files);
    }

    /** Restores files of one content, which is decoded once. What fails on this disk is named by the file. */
    private void files(List<CollectionEntry> same, CollectionBatch.FileContent content) throws IOException {
        // Stays open: the first file itself may have a mode that does not let it be read again.
        FileChannel original = null;
        try {
            for (CollectionEntry entry : same) {
                Path target = path(entry);
                folder(target.getParent(), entry);
                Path temporary = opened(target, () -> Temporaries.create(target.getParent()));
                try {
                    if (original == null) {
                        original = opened(target, () -> FileChannel.open(temporary, StandardOpenOption.READ,
                                StandardOpenOption.WRITE));
                        write(content, original, target);
                    } else {
                        FileChannel source = original;
                        at(target, () -> copy(source, temporary));
                    }
                    at(target, () -> publish(entry, temporary, target));
                } finally {
                    Temporaries.delete(temporary);
                }
                files++;
                bytes += original.size();
            }
        } finally {
            if (original != null) {
                original.close();
            }
        }
    }

    private static void write(CollectionBatch.FileContent content, FileChannel file, Path name) throws IOException {
        OutputStream out = new BufferedOutputStream(
                new NamedOutputStream(Channels.newOutputStream(file), name.toString()), 1 << 16);
        content.writeTo(out);
        out.flush();
    }

    private static void copy(FileChannel from, Path to) throws IOException {
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            for (long at = 0; at < from.size();) {
                at += from.transferTo(at, from.size() - at, out);
            }
        }
    }

    /** Opens a file or the like. */
    private interface Opening<T> {

        T open() throws IOException;
    }

    /** Works on a file. */
    private interface Step {

        void run() throws IOException;
    }

    /** Does it; if that fails, the failure has the file's name. */
    private static void at(Path file, Step step) throws FileException {
        opened(file, () -> {
            step.run();
            return file;
        });
    }

    /** Opens something; if that fails, the failure has the file's name. */
    private static <T> T opened(Path file, Opening<T> opening) throws FileException {
        try {
            return opening.open();
        } catch (IOException e) {
            throw FileException.of(file.toString(), e);
        }
    }

    private void publish(CollectionEntry entry, Path temporary, Path target) throws IOException {
        properties(temporary, entry);
        boolean collides = !folded.add(Normalizer.normalize(entry.name(), Normalizer.Form.NFC)
                .toLowerCase(Locale.ROOT));
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileException(target.toString(), "is a folder, where a file is to be restored");
        }
        try {
            if (force && !(collides && Files.exists(target, LinkOption.NOFOLLOW_LINKS))) {
                Temporaries.replace(temporary, target);
            } else {
                Temporaries.publish(temporary, target);
            }
        } catch (FileAlreadyExistsException e) {
            throw new FileException(target.toString(), collides
                    ? "differs from another file of the archive only in case or Unicode form, which this disk does not "
                            + "tell apart"
                    : EXISTS);
        }
    }

    /** Makes the links, and gives the folders their modes and times. To be called when all batches are restored. */
    public void finish() throws IOException {
        for (CollectionEntry entry : links) {
            Path target = path(entry);
            folder(target.getParent(), entry);
            at(target, () -> link(entry, target));
        }
        folderEntries.sort(Comparator.comparingInt((CollectionEntry e) -> e.path().length).reversed());
        for (CollectionEntry entry : folderEntries) {
            Path folder = path(entry);
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                at(folder, () -> properties(folder, entry));
            }
        }
    }

    private void link(CollectionEntry entry, Path target) throws IOException {
        if (force && !Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(target);
        }
        try {
            Files.createSymbolicLink(target, FileNames.exact(FileNames.decode(entry.target())));
            Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(modified(entry), null, null);
        } catch (FileAlreadyExistsException e) {
            throw new FileException(target.toString(), EXISTS);
        } catch (UnsupportedOperationException e) {
            throw new FileException(target.toString(), "symbolic links are not possible on this disk");
        }
    }

    /** Files restored so far. */
    public long files() {
        return files;
    }

    /** Their bytes. */
    public long bytes() {
        return bytes;
    }

    private Path path(CollectionEntry entry) throws FileException {
        String name = FileNames.decode(entry.path());
        if (File.separatorChar == '\\' && (name.indexOf('\\') >= 0 || name.indexOf(':') >= 0)) {
            throw new FileException(name, "is no name of a file on this system");
        }
        return root.resolve(FileNames.exact(name));
    }

    /** Makes a folder and those above it, up to the one restored into, unless there is something else in the way. */
    private void folder(Path folder, CollectionEntry entry) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path f = folder; f != null && !f.equals(root) && folders.add(f); f = f.getParent()) {
            missing.push(f);
        }
        for (Path f : missing) {
            try {
                if (!Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(f);
                }
            } catch (FileAlreadyExistsException e) {
                throw new FileException(f.toString(), "is no folder, and " + entry.name() + " would lie in it; "
                        + "restore into another folder");
            } catch (IOException e) {
                throw FileException.of(f.toString(), e);
            }
        }
    }

    private static void properties(Path file, CollectionEntry entry) throws IOException {
        // First the time: Java opens the file for that, which its mode may forbid.
        Files.setLastModifiedTime(file, modified(entry));
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null) {
            Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
            PosixFilePermission[] all = PosixFilePermission.values();
            for (int i = 0; i < all.length; i++) {
                if ((entry.mode() & 0400 >> i) != 0) {
                    mode.add(all[i]);
                }
            }
            view.setPermissions(mode);
        }
    }

    private static FileTime modified(CollectionEntry entry) {
        return FileTime.from(Instant.ofEpochSecond(entry.seconds(), entry.nanos()));
    }
}
