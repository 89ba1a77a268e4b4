package org.bbans.cli.io;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;

/**
 * Writes the entries of a collection into a folder, and nothing outside of it: the paths have names only, no link is
 * followed on the way, and the links of the archive are made when everything else is there. A file appears under its
 * name when it is complete. What cannot be restored is said, each on a line, and does not keep the others from it; only
 * what concerns all, such as a full disk, ends the work.
 */
public final class FolderRestorer {

    private static final String EXISTS = "exists already; add -f to overwrite it, or restore into another folder";

    private final Path root;
    private final boolean force;
    private final Predicate<CollectionEntry> wanted;
    /** Folders on the way, and whether they are there now. */
    private final Map<Path, Boolean> folders = new HashMap<>();
    /** The first of the restored names that are one without case and in one Unicode form, by that form. */
    private final Map<String, String> folded = new HashMap<>();
    private final List<CollectionEntry> links = new ArrayList<>();
    private final List<CollectionEntry> folderEntries = new ArrayList<>();
    private long entries;
    private long restored;
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
        // By identity: whoever makes an archive may choose paths whose hashes are all the same.
        Set<CollectionEntry> impossible = Collections.newSetFromMap(new IdentityHashMap<>());
        for (CollectionEntry entry : batch.entries()) {
            if (wanted.test(entry)) {
                entries++;
                if (!attempt(() -> prepare(entry))) {
                    impossible.add(entry);
                }
            }
        }
        batch.read(entry -> wanted.test(entry) && !impossible.contains(entry), this::files);
    }

    /** Makes the folders that an entry needs; whether it can be restored, as far as is known before it is decoded. */
    private boolean prepare(CollectionEntry entry) throws IOException {
        Path target = path(entry);
        if (entry.type() == EntryType.LINK) {
            return links.add(entry);
        }
        if (entry.type() == EntryType.FOLDER) {
            return folder(target) && folderEntries.add(entry);
        }
        if (!folder(target.getParent())) {
            return false;
        }
        if (!force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw inTheWay(target);
        }
        return true;
    }

    /**
     * Restores files of one content, which is decoded once. What fails on this disk is named by the file; what fails
     * while bytes are written would fail for the next file too, and ends all.
     */
    private void files(List<CollectionEntry> same, CollectionBatch.FileContent content) throws IOException {
        // Stays open: the first file itself may have a mode that does not let it be read again, or not get its name.
        TemporaryFile original = null;
        try {
            for (CollectionEntry entry : same) {
                Path target = path(entry);
                Optional<TemporaryFile> created = temporary(target);
                if (created.isEmpty()) {
                    continue;
                }
                TemporaryFile file = created.get();
                try {
                    if (original == null) {
                        original = file;
                        write(content, file.channel(), target);
                    } else {
                        FileChannel source = original.channel();
                        at(target, () -> copy(source, file.channel()));
                    }
                    if (attempt(() -> publish(entry, file.path(), target))) {
                        restored++;
                        files++;
                        bytes += original.channel().size();
                    }
                } finally {
                    if (file != original) {
                        file.close();
                    }
                }
            }
        } finally {
            if (original != null) {
                original.close();
            }
        }
    }

    /** A file beside the one to restore; empty if it cannot be made, which is said. */
    private Optional<TemporaryFile> temporary(Path target) throws FileException {
        Path folder = target.getParent() == null ? root : target.getParent();
        try {
            return Optional.of(Temporaries.create(folder));
        } catch (IOException e) {
            tell(FileException.of(target.toString(), e));
            return Optional.empty();
        }
    }

    private static void write(CollectionBatch.FileContent content, FileChannel file, Path name) throws IOException {
        OutputStream out = new BufferedOutputStream(
                new NamedOutputStream(Channels.newOutputStream(file), name.toString()), 1 << 16);
        content.writeTo(out);
        out.flush();
    }

    private static void copy(FileChannel from, FileChannel to) throws IOException {
        for (long at = 0; at < from.size();) {
            at += from.transferTo(at, from.size() - at, to);
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

    /** Tries to restore something. */
    private interface Attempt {

        /** Whether it is restored; if not, it has been said why. */
        boolean run() throws IOException;
    }

    /** Whether it works; if not, and only this name is concerned, that is said, and the others have their turn. */
    private static boolean attempt(Attempt attempt) throws IOException {
        try {
            return attempt.run();
        } catch (FileException e) {
            tell(e);
            return false;
        }
    }

    private static void tell(FileException failure) throws FileException {
        if (failure.concernsAll()) {
            throw failure;
        }
        Messages.error(failure.getMessage());
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

    private boolean publish(CollectionEntry entry, Path temporary, Path target) throws FileException {
        boolean collides = collides(entry, target);
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw inTheWay(target);
        }
        try {
            properties(temporary, entry);
            if (force && !collides) {
                Temporaries.replace(temporary, target);
            } else {
                Temporaries.publish(temporary, target);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            throw collides ? new FileException(target.toString(),
                    "differs from another file of the archive only in case or Unicode form, which this disk does not "
                            + "tell apart; restore it elsewhere with 'bbans extract'")
                    : inTheWay(target);
        } catch (IOException e) {
            throw FileException.of(target.toString(), e);
        }
    }

    /** Whether what has the name is another file of the archive, because the disk tells the two names not apart. */
    private boolean collides(CollectionEntry entry, Path target) throws FileException {
        String name = FileNames.decode(entry.path());
        String form = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        String before = folded.putIfAbsent(form.equals(name) ? name : form, name);
        if (before == null || !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            Path other = root.resolve(FileNames.exact(before));
            return Files.exists(other, LinkOption.NOFOLLOW_LINKS) && isSame(other, target);
        } catch (IOException e) {
            throw FileException.of(target.toString(), e);
        }
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        Object key = Files.readAttributes(one, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        return key == null ? Files.isSameFile(one, other)
                : key.equals(Files.readAttributes(other, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey());
    }

    private static FileException inTheWay(Path target) {
        return new FileException(target.toString(), Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
                ? "is a folder, where something else is to be restored; move it away, or restore into another folder"
                : EXISTS);
    }

    /** Makes the links, and gives the folders their modes and times. To be called when all batches are restored. */
    public void finish() throws IOException {
        for (CollectionEntry entry : links) {
            Path target = path(entry);
            if (folder(target.getParent()) && attempt(() -> link(entry, target))) {
                restored++;
            }
        }
        folderEntries.sort(Comparator.comparingInt((CollectionEntry e) -> e.path().length).reversed());
        for (CollectionEntry entry : folderEntries) {
            Path folder = path(entry);
            if (attempt(() -> finish(folder, entry))) {
                restored++;
            }
        }
    }

    private static boolean finish(Path folder, CollectionEntry entry) throws FileException {
        // Something else may have taken its place meanwhile.
        boolean is = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
        if (is) {
            at(folder, () -> properties(folder, entry));
        }
        return is;
    }

    private boolean link(CollectionEntry entry, Path target) throws FileException {
        boolean isFolder = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
        try {
            if (force && !isFolder) {
                Files.deleteIfExists(target);
            }
            Files.createSymbolicLink(target, FileNames.exact(FileNames.decode(entry.target())));
            Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(modified(entry), null, null);
            return true;
        } catch (FileAlreadyExistsException e) {
            throw inTheWay(target);
        } catch (UnsupportedOperationException e) {
            throw new FileException(target.toString(), "symbolic links are not possible on this disk");
        } catch (IOException e) {
            throw FileException.of(target.toString(), e);
        }
    }

    /** Files, folders and links that are wanted. */
    public long entries() {
        return entries;
    }

    /** Those of them that are not restored. */
    public long missing() {
        return entries - restored;
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
        try {
            return root.resolve(FileNames.exact(name));
        } catch (InvalidPathException e) {
            throw new FileException(name, "is no name of a file on this system");
        }
    }

    /**
     * Makes a folder and those above it, up to the one restored into.
     *
     * @return whether it is there; if not, it has been said once why, and nothing may be written below it
     */
    private boolean folder(Path folder) throws IOException {
        Deque<Path> unknown = new ArrayDeque<>();
        Path known = folder;
        for (; known != null && !known.equals(root) && !folders.containsKey(known); known = known.getParent()) {
            unknown.push(known);
        }
        boolean isThere = folders.getOrDefault(known, true);
        for (Path f : unknown) {
            isThere = isThere && attempt(() -> make(f));
            folders.put(f, isThere);
        }
        return isThere;
    }

    private static boolean make(Path folder) throws FileException {
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(folder);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            throw new FileException(folder.toString(), "is no folder, so what would lie in it is not restored; move it "
                    + "away, or restore into another folder");
        } catch (IOException e) {
            throw FileException.of(folder.toString(), e);
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
        return FileState.settable(Instant.ofEpochSecond(entry.seconds(), entry.nanos()));
    }
}
