package org.bbans.model.filesystem;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** What lies in a folder. */
final class FolderStream implements DirectoryStream<Path> {

    private final CollectionPath folder;
    private final List<String> names;
    private final Filter<? super Path> filter;
    private boolean begun;
    private boolean closed;

    FolderStream(CollectionPath folder, List<String> names, Filter<? super Path> filter) {
        this.folder = folder;
        this.names = names;
        this.filter = filter;
    }

    @Override
    public Iterator<Path> iterator() {
        if (begun || closed) {
            throw new IllegalStateException("a folder's stream gives one iterator, before it is closed");
        }
        begun = true;
        Iterator<String> all = names.iterator();
        return new Iterator<>() {

            private Path next;

            @Override
            public boolean hasNext() {
                while (next == null && !closed && folder.getFileSystem().isOpen() && all.hasNext()) {
                    Path path = folder.resolve(folder.getFileSystem().getPath(all.next()));
                    try {
                        next = filter.accept(path) ? path : null;
                    } catch (IOException e) {
                        throw new DirectoryIteratorException(e);
                    }
                }
                return next != null;
            }

            @Override
            public Path next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                Path path = next;
                next = null;
                return path;
            }
        };
    }

    @Override
    public void close() {
        closed = true;
    }
}
