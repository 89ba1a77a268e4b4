package org.bbans.cli.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A temporary file of {@link Temporaries}, open for reading and writing. It is locked while it is open, so that
 * processes that cannot see this one, in another container say, leave it alone; Java loses the lock if it opens and
 * closes the file once more.
 */
public final class TemporaryFile implements Closeable {

    private final Path path;
    private final FileChannel channel;

    TemporaryFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
        try {
            channel.tryLock();
        } catch (IOException e) {
            // There are disks without locks; the process's number in the name has to do.
            return;
        }
    }

    public Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    /** Closes the file, and deletes it unless it has got its final name. */
    @Override
    public void close() {
        try {
            Temporaries.delete(path);
            channel.close();
        } catch (IOException e) {
            // What could not be written does not matter any more.
            return;
        }
    }
}
