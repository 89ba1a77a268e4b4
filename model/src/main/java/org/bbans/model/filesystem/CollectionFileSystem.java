package org.bbans.model.filesystem;

import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.ModelSource;

/** The files of one archive. */
final class CollectionFileSystem extends FileSystem {

    /** Links on the way to a file. */
    private static final int MAX_LINKS = 40;

    private final BbansFileSystemProvider provider;
    private final Path archive;
    private final FileTime time;
    private final CollectionNode root = CollectionNode.root();
    private final List<BatchContents> batches = new ArrayList<>();
    private volatile boolean open = true;

    /**
     * Reads the directories.
     *
     * @throws IOException if the archive cannot be read, is damaged or is none of many files
     */
    CollectionFileSystem(BbansFileSystemProvider provider, Path archive, ModelSource models, ReadOptions options)
            throws IOException {
        this.provider = provider;
        this.archive = archive;
        time = Files.getLastModifiedTime(archive);
        long memory = 0;
        try (CollectionReader reader = CollectionReader.open(archive, models, options)) {
            if (reader.isNameless()) {
                throw new FileSystemException(archive.toString(), null,
                        "holds no files by name, but a content that a BbansInputStream gives");
            }
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                BatchContents contents = new BatchContents(archive, batch, models, options);
                batches.add(contents);
                memory += batch.entryMemory();
                for (CollectionEntry entry : batch.entries()) {
                    memory += root.add(entry, contents);
                    options.checkMemory("the tree of names", memory, 0);
                }
            }
        }
    }

    Path archive() {
        return archive;
    }

    static boolean follows(LinkOption... options) {
        return !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * What a path leads to.
     *
     * @param follow whether a link at its end is followed
     * @throws NoSuchFileException if there is nothing
     * @throws IOException if links lead in circles
     */
    CollectionNode find(CollectionPath path, boolean follow) throws IOException {
        if (!open) {
            throw new ClosedFileSystemException();
        }
        Deque<String> way = new ArrayDeque<>(path.toAbsolutePath().names());
        CollectionNode node = root;
        int links = 0;
        // How many of the names are those of links: unlike others these do not lead above the root, to itself.
        int linked = 0;
        while (!way.isEmpty()) {
            String name = way.removeFirst();
            boolean above = name.equals("..");
            CollectionNode next = above ? node.parent() : name.equals(".") ? node : node.child(name);
            if (above && node == root && linked == 0) {
                next = root;
            }
            linked = Math.max(0, linked - 1);
            if (next == null || !node.isFolder()) {
                throw new NoSuchFileException(path.toString());
            }
            if (next.isLink() && (follow || !way.isEmpty())) {
                links++;
                if (links > MAX_LINKS) {
                    throw new FileSystemLoopException(path.toString());
                }
                String target = CollectionNode.text(next.entry().target());
                if (target.startsWith("/")) {
                    throw new NoSuchFileException(path.toString(), null, "a link leads out of the archive");
                }
                List<String> names = CollectionPath.of(this, target).names();
                linked += names.size();
                for (int i = names.size() - 1; i >= 0; i--) {
                    way.addFirst(names.get(i));
                }
            } else {
                node = next;
            }
        }
        return node;
    }

    /** The absolute path without links to what a path leads to. */
    Path realPath(CollectionPath path, boolean follow) throws IOException {
        StringBuilder real = new StringBuilder();
        for (CollectionNode node = find(path, follow); node != root; node = node.parent()) {
            real.insert(0, "/" + node.name());
        }
        return CollectionPath.of(this, real.isEmpty() ? "/" : real.toString());
    }

    NodeAttributes attributes(CollectionPath path, boolean follow) throws IOException {
        return new NodeAttributes(find(path, follow), time);
    }

    /** Names of what lies in a folder. */
    List<String> list(CollectionPath folder) throws IOException {
        CollectionNode node = find(folder, true);
        if (!node.isFolder()) {
            throw new NotDirectoryException(folder.toString());
        }
        return node.names();
    }

    /**
     * Opens a file.
     *
     * @param follow whether a link to it will do
     */
    ContentChannel open(CollectionPath path, boolean follow) throws IOException {
        CollectionNode node = find(path, follow);
        if (node.isFolder() || node.isLink()) {
            throw new FileSystemException(path.toString(), null, node.isLink() ? "is a link" : "is a folder");
        }
        return new ContentChannel(this, node.contents().of(node.entry()));
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
        }
        provider.forget(this);
        IOException failure = null;
        for (BatchContents batch : batches) {
            try {
                batch.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of(new ArchiveStore(archive));
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic", BbansFileSystemProvider.SCHEME);
    }

    @Override
    public CollectionPath getPath(String first, String... more) {
        StringBuilder text = new StringBuilder(first);
        for (String part : more) {
            if (!part.isEmpty()) {
                text.append(text.isEmpty() ? "" : "/").append(part);
            }
        }
        if (text.indexOf("\0") >= 0) {
            throw new InvalidPathException(text.toString(), "a zero character in it");
        }
        return CollectionPath.of(this, text.toString());
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        int colon = syntaxAndPattern.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(syntaxAndPattern + " has no syntax before a colon");
        }
        String pattern = syntaxAndPattern.substring(colon + 1);
        String syntax = syntaxAndPattern.substring(0, colon);
        if (syntax.equalsIgnoreCase("glob")) {
            Pattern glob = Glob.regex(pattern);
            return path -> glob.matcher(path.toString()).matches();
        }
        if (syntax.equalsIgnoreCase("regex")) {
            Pattern regex = Pattern.compile(pattern);
            return path -> regex.matcher(path.toString()).matches();
        }
        throw new UnsupportedOperationException("syntax " + syntax + "; there are glob and regex");
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException("archives name no owners");
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("nothing changes in an archive");
    }

    @Override
    public String toString() {
        return archive.toString();
    }
}
