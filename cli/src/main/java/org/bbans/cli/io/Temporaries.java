package org.bbans.cli.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Temporary files, deleted at the latest when the program ends, by SIGINT and SIGTERM too. What a run leaves behind
 * that is killed otherwise, the next one that works in the same directory removes: the file's name holds the number of
 * the process that works on it.
 */
public final class Temporaries {

    private static final Pattern NAME = Pattern.compile("\\.bbans-(\\d{1,18})-[0-9a-f]{16}\\.tmp");
    private static final FileAttribute<?>[] ANY_MODE = {};
    private static final FileAttribute<?>[] OWNER_ONLY =
            {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))};

    private static final Set<Path> OPEN = new HashSet<>();
    private static final Set<Path> CLEANED = new HashSet<>();
    private static boolean hooked;
    private static boolean ended;

    private Temporaries() {}

    /** Creates an empty file in a directory that nobody else may read. */
    public static TemporaryFile create(Path directory) throws IOException {
        return create(directory, false);
    }

    /**
     * Creates an empty file in a directory.
     *
     * @param shared whether it has the mode of any new file; otherwise its owner alone may read and write it
     */
    static synchronized TemporaryFile create(Path directory, boolean shared) throws IOException {
        if (!hooked) {
            Runtime.getRuntime().addShutdownHook(new Thread(Temporaries::deleteAll, "cleanup"));
            hooked = true;
        }
        checkRunning();
        if (CLEANED.add(directory)) {
            removeLeftovers(directory);
        }
        byte[] unique = new byte[8];
        ThreadLocalRandom.current().nextBytes(unique);
        Path file = directory.resolve(".bbans-" + ProcessHandle.current().pid() + "-"
                + HexFormat.of().formatHex(unique) + ".tmp");
        boolean modes = Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null;
        FileChannel channel = FileChannel.open(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                shared || !modes ? ANY_MODE : OWNER_ONLY);
        OPEN.add(file);
        return new TemporaryFile(file, channel);
    }

    /** Deletes the temporary files of processes that are no more. Whatever cannot be looked at stays. */
    private static void removeLeftovers(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".bbans-*.tmp")) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && !OPEN.contains(file) && isAbandoned(file, Long.parseLong(name.group(1)))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Somebody else's, or gone meanwhile. There is nothing that depends on it.
            return;
        }
    }

    /**
     * Whether the process that made a file is no more: none here has its number, but for a younger one; nor does one
     * elsewhere (in another container, say) hold the file's lock.
     */
    private static boolean isAbandoned(Path file, long process) throws IOException {
        Instant touched = Files.getLastModifiedTime(file).toInstant();
        Optional<ProcessHandle> living = ProcessHandle.of(process);
        if (living.isPresent() && process != ProcessHandle.current().pid()
                && !living.get().info().startInstant().map(start -> start.isAfter(touched)).orElse(false)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        }
    }

    /** Gives a temporary file its final name, whatever had that before; it is no longer temporary. */
    static synchronized void replace(Path file, Path target) throws IOException {
        checkRunning();
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OPEN.remove(file);
    }

    /**
     * Gives a temporary file its final name, which no file may have so far; it is no longer temporary.
     *
     * @throws FileAlreadyExistsException if there is such a file by now
     */
    static synchronized void publish(Path file, Path target) throws IOException {
        checkRunning();
        try {
            Files.createLink(target, file);
            delete(file);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            // No hard links here. The name is taken by an empty file, which only its maker replaces.
            Files.newByteChannel(target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)).close();
            try {
                replace(file, target);
            } catch (IOException again) {
                Files.deleteIfExists(target);
                throw again;
            }
        }
    }

    public static synchronized void delete(Path file) {
        if (OPEN.remove(file)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                Messages.error(file + ": the temporary file cannot be deleted; delete it");
            }
        }
    }

    private static synchronized void deleteAll() {
        ended = true;
        for (Path file : Set.copyOf(OPEN)) {
            delete(file);
        }
    }

    private static void checkRunning() throws IOException {
        if (ended) {
            throw new IOException("interrupted");
        }
    }
}
