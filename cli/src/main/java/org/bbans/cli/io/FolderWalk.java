package org.bbans.cli.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.StoredContent;
import org.bbans.model.CollectionCompressor.Stored;

/** Everything below some folders, with the names that it gets in an archive: those that begin with the folder's own. */
public final class FolderWalk {

    private static final Instant LATEST = Instant.ofEpochSecond(CollectionEntry.MAX_SECONDS);
    private static final Instant EARLIEST = Instant.ofEpochSecond(-CollectionEntry.MAX_SECONDS);
    private static final StoredContent EMPTY = new StoredContent.Segments(List.of());

    private final Messages messages;
    private final Optional<Path> output;
    private final List<NamePattern> excluded;
    private final List<Stored> sources = new ArrayList<>();
    private final Set<String> roots = new HashSet<>();
    private long size;
    /** Until the system says that there are none. */
    private boolean hasModes = true;

    /**
     * Adds nothing yet.
     *
     * @param messages is told what is left out
     * @param output the file that is written, which may lie in one of the folders, from an earlier run too
     * @param excluded what is left out by its name
     */
    public FolderWalk(Messages messages, Optional<Path> output, List<NamePattern> excluded) {
        this.messages = messages;
        this.output = output;
        this.excluded = excluded;
    }

    /**
     * Adds a file, or a folder with all that is in it.
     *
     * @throws FileException if it cannot be read, or another one of the same name has been added
     */
    public void add(String name) throws FileException {
        try {
            Path path = FileNames.path(name);
            String last = lastName(path);
            if (!roots.add(last)) {
                throw new FileException(name, "has the name of another input; an archive can hold one of them");
            }
            Files.walkFileTree(path, new SimpleFileVisitor<>() {

                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) throws IOException {
                    return visit(folder, a);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                    return visit(file, a);
                }

                private FileVisitResult visit(Path file, BasicFileAttributes a) throws IOException {
                    if (isExcluded(file)) {
                        return a.isDirectory() ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                    }
                    try {
                        if (a.isDirectory()) {
                            add(file, named(file), EntryType.FOLDER, a, new byte[0]);
                        } else if (a.isSymbolicLink()) {
                            add(file, named(file), EntryType.LINK, a,
                                    FileNames.encode(FileNames.name(Files.readSymbolicLink(file))));
                        } else if (!a.isRegularFile()) {
                            messages.note(file + ": is no file, folder or link; left out");
                        } else if (output.isPresent() && file.toRealPath().equals(output.get())) {
                            messages.note(file + ": is the archive that is written; left out");
                        } else {
                            add(file, named(file), EntryType.FILE, a, new byte[0]);
                            size += a.size();
                        }
                    } catch (IOException e) {
                        throw failure(file.toString(), e);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (isExcluded(file)) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure(file.toString(), e);
                }

                private boolean isExcluded(Path file) {
                    String name = named(file);
                    boolean is = false;
                    for (NamePattern pattern : excluded) {
                        is |= pattern.means(name);
                    }
                    return is;
                }

                private String named(Path file) {
                    return file.equals(path) ? last : last + "/" + FileNames.name(path.relativize(file));
                }
            });
        } catch (IOException e) {
            throw FileException.of(name, e);
        }
    }

    /** What is wrong with something in a folder, which can be left out. */
    public static FileException failure(String file, IOException e) {
        return e instanceof AccessDeniedException ? new FileException(file, "permission denied; check the permissions "
                + "of the file and its directory, or leave it out with --exclude") : FileException.of(file, e);
    }

    /** The last name of a path, that of the folder itself if it is {@code .} or the like. */
    public static String lastName(Path path) throws IOException {
        Path last = path.normalize().getFileName();
        if (last == null || last.toString().isEmpty() || last.toString().equals("..")) {
            last = path.toRealPath().getFileName();
        }
        return last == null ? "root" : FileNames.name(last);
    }

    private void add(Path file, String name, EntryType type, BasicFileAttributes a, byte[] target)
            throws IOException {
        Instant time = a.lastModifiedTime().toInstant();
        Instant kept = time.isAfter(LATEST) ? LATEST : time.isBefore(EARLIEST) ? EARLIEST : time;
        if (!kept.equals(time)) {
            messages.note(file + ": its time, " + time + ", is beyond what archives hold; " + kept + " is kept");
        }
        int mode = type == EntryType.FOLDER ? 0755 : type == EntryType.LINK ? 0777 : 0644;
        if (type != EntryType.LINK && hasModes) {
            try {
                mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
            } catch (UnsupportedOperationException e) {
                hasModes = false;
            }
        }
        sources.add(new Stored(
                new CollectionEntry(FileNames.encode(name), type, mode, kept.getEpochSecond(), kept.getNano(), target,
                        type == EntryType.FILE ? EMPTY : null),
                file));
    }

    /** All that has been found. */
    public List<Stored> sources() {
        return sources;
    }

    /** Bytes of the files. */
    public long size() {
        return size;
    }
}
