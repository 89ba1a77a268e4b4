package org.bbans.cli.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a file was at a moment: which one, how large, how old, and who may do what with it.
 *
 * @param key tells the file from all others of the system; null where there is no such thing
 * @param size its bytes
 * @param modified when it was last written to
 * @param posix owner, group and mode, where there are such
 */
record FileState(Object key, long size, FileTime modified, Optional<PosixFileAttributes> posix) {

    /** A time as it can be set: Java 17 makes 1970 of a fraction of a second before that. */
    static FileTime settable(Instant time) {
        return FileTime.from(time.getEpochSecond() < 0 ? Instant.ofEpochSecond(time.getEpochSecond()) : time);
    }

    /** The state of the file that a path leads to now. */
    static FileState of(Path path) throws IOException {
        BasicFileAttributes basic = Files.getFileStore(path).supportsFileAttributeView(PosixFileAttributeView.class)
                ? Files.readAttributes(path, PosixFileAttributes.class)
                : Files.readAttributes(path, BasicFileAttributes.class);
        return new FileState(basic.fileKey(), basic.size(), basic.lastModifiedTime(),
                basic instanceof PosixFileAttributes posix ? Optional.of(posix) : Optional.empty());
    }

    /** Whether it is the same file, and nobody has written to it. */
    boolean isUnchanged(FileState later) {
        return Objects.equals(key, later.key) && size == later.size && modified.equals(later.modified);
    }

    /**
     * Gives a new file owner, group and mode of this one, as far as that is permitted; nobody gets more rights than
     * here.
     *
     * @param file belongs to the caller
     * @param replaced the file whose place it takes: its mode is not exceeded either
     */
    void giveRights(Path file, Optional<FileState> replaced) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (posix.isEmpty() || view == null) {
            return;
        }
        Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
        mode.addAll(posix.get().permissions());
        replaced.flatMap(FileState::posix).ifPresent(old -> mode.retainAll(old.permissions()));
        PosixFileAttributes now = view.readAttributes();
        try {
            if (!now.group().equals(posix.get().group())) {
                view.setGroup(posix.get().group());
            }
        } catch (IOException e) {
            // Another group: its members may do what everybody may.
            keep(mode, PosixFilePermission.OTHERS_READ, PosixFilePermission.GROUP_READ);
            keep(mode, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);
            keep(mode, PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.GROUP_EXECUTE);
        }
        try {
            if (!now.owner().equals(posix.get().owner())) {
                view.setOwner(posix.get().owner());
            }
        } catch (IOException e) {
            // Only the superuser may give files away; it stays the caller's then.
            view.setPermissions(mode);
            return;
        }
        view.setPermissions(mode);
    }

    private static void keep(Set<PosixFilePermission> mode, PosixFilePermission ifThis, PosixFilePermission that) {
        if (!mode.contains(ifThis)) {
            mode.remove(that);
        }
    }
}
