package org.bbans.model.filesystem;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bbans.codec.collection.CollectionEntry;

/** Attributes of a file, folder or link; the only time that is kept is that of the last modification. */
final class NodeAttributes implements BasicFileAttributes {

    private static final int FOLDER_MODE = 0755;

    private final CollectionNode node;
    private final FileTime otherwise;

    /** @param otherwise the time of folders that only the paths of others name */
    NodeAttributes(CollectionNode node, FileTime otherwise) {
        this.node = node;
        this.otherwise = otherwise;
    }

    /** Values of attributes of the view {@code basic} or {@code bbans}, by their names. */
    Map<String, Object> values(boolean basicOnly) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("lastModifiedTime", lastModifiedTime());
        values.put("lastAccessTime", lastAccessTime());
        values.put("creationTime", creationTime());
        values.put("size", size());
        values.put("isRegularFile", isRegularFile());
        values.put("isDirectory", isDirectory());
        values.put("isSymbolicLink", isSymbolicLink());
        values.put("isOther", isOther());
        values.put("fileKey", fileKey());
        if (!basicOnly) {
            values.put("mode", mode());
            values.put("permissions", permissions());
        }
        return values;
    }

    /** Permission bits, {@code 0 .. 07777}. */
    private int mode() {
        return node.entry() == null ? FOLDER_MODE : node.entry().mode();
    }

    private Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode() & 0400 >> permission.ordinal()) != 0) {
                set.add(permission);
            }
        }
        return set;
    }

    @Override
    public FileTime lastModifiedTime() {
        CollectionEntry entry = node.entry();
        return entry == null ? otherwise : FileTime.from(Instant.ofEpochSecond(entry.seconds(), entry.nanos()));
    }

    @Override
    public FileTime lastAccessTime() {
        return lastModifiedTime();
    }

    @Override
    public FileTime creationTime() {
        return lastModifiedTime();
    }

    @Override
    public boolean isRegularFile() {
        return !isDirectory() && !isSymbolicLink();
    }

    @Override
    public boolean isDirectory() {
        return node.isFolder();
    }

    @Override
    public boolean isSymbolicLink() {
        return node.isLink();
    }

    @Override
    public boolean isOther() {
        return false;
    }

    @Override
    public long size() {
        return isRegularFile() ? node.entry().content().size() : isSymbolicLink() ? node.entry().target().length : 0;
    }

    @Override
    public Object fileKey() {
        return node;
    }
}
