package org.bbans.model.filesystem;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.ModelSource;
import org.bbans.model.BuiltInModels;

/**
 * Archives of folders as file systems that can be read. {@code FileSystems.newFileSystem(archive)} makes one that is
 * nobody else's; {@code FileSystems.newFileSystem(URI.create("bbans:file:///photos.bba"), Map.of())} one that
 * {@code Path.of(URI.create("bbans:file:///photos.bba!/photos/a.png"))} finds until it is closed. The environment may
 * have a {@link ModelSource} as {@value #MODELS}, instead of the built-in models, and {@link ReadOptions} as
 * {@value #OPTIONS}.
 */
public final class BbansFileSystemProvider extends FileSystemProvider {

    /** Scheme of its URIs, and the view with the attributes {@code mode} and {@code permissions}. */
    public static final String SCHEME = "bbans";
    /** Key of the environment: finds the models of archives that need one. */
    public static final String MODELS = "models";
    /** Key of the environment: how archives are read. What is damaged is an error all the same. */
    public static final String OPTIONS = "options";

    private static final String SEPARATOR = "!/";

    private final Map<Path, CollectionFileSystem> systems = new HashMap<>();

    /** Keeps the built-in models that archives have needed. */
    private static final class Source {

        static final BuiltInModels MODELS = new BuiltInModels();

        private Source() {}
    }

    /** {@inheritDoc} */
    public BbansFileSystemProvider() {}

    @Override
    public String getScheme() {
        return SCHEME;
    }

    /**
     * Opens an archive that its URI names.
     *
     * @param uri {@code bbans:} and that of the archive; what follows {@code !/} is no matter
     * @throws FileSystemAlreadyExistsException if it is open under its URI
     * @throws IOException if it cannot be read, is damaged, or is no archive of a folder
     */
    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) throws IOException {
        Path archive = archive(uri).toRealPath();
        synchronized (systems) {
            if (systems.containsKey(archive)) {
                throw new FileSystemAlreadyExistsException(archive.toString());
            }
            CollectionFileSystem system = open(archive, env);
            systems.put(archive, system);
            return system;
        }
    }

    /**
     * Opens an archive.
     *
     * @throws UnsupportedOperationException if it is no archive, so that others may be asked
     * @throws IOException if it is one of a single content, or cannot be read, or is damaged
     */
    @Override
    public FileSystem newFileSystem(Path archive, Map<String, ?> env) throws IOException {
        boolean regular = Files.isRegularFile(archive);
        if (Files.exists(archive) && !regular || !CollectionReader.isCollection(archive)) {
            if (regular && ArchiveInfo.isArchive(archive)) {
                throw new FileSystemException(archive.toString(), null,
                        "holds no files by name, but a content that a BbansInputStream gives");
            }
            throw new UnsupportedOperationException(archive + " is no archive of a folder");
        }
        return open(archive, env);
    }

    private CollectionFileSystem open(Path archive, Map<String, ?> env) throws IOException {
        if (Files.exists(archive) && !Files.isRegularFile(archive)) {
            throw new FileSystemException(archive.toString(), null, "is no file");
        }
        ModelSource models = value(env, MODELS, ModelSource.class);
        ReadOptions options = value(env, OPTIONS, ReadOptions.class);
        return new CollectionFileSystem(this, archive, models != null ? models : Source.MODELS,
                (options != null ? options : ReadOptions.DEFAULT).withKeepGoing(false));
    }

    private static <T> T value(Map<String, ?> env, String key, Class<T> type) {
        Object value = env.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException(key + " is no " + type.getSimpleName() + ": " + value);
        }
        return type.cast(value);
    }

    void forget(CollectionFileSystem system) {
        synchronized (systems) {
            systems.values().remove(system);
        }
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        Path archive = archive(uri);
        synchronized (systems) {
            CollectionFileSystem system = systems.get(lastRealPath(archive));
            if (system == null) {
                throw new FileSystemNotFoundException(archive.toString());
            }
            return system;
        }
    }

    /** The path without links, also of a file that is gone: what is open stays so. */
    private static Path lastRealPath(Path archive) {
        Path path = archive.toAbsolutePath();
        try {
            return path.toRealPath();
        } catch (IOException e) {
            try {
                return path.getParent() == null ? path : path.getParent().toRealPath().resolve(path.getFileName());
            } catch (IOException f) {
                return path.normalize();
            }
        }
    }

    @Override
    public Path getPath(URI uri) {
        String text = uri.getRawSchemeSpecificPart();
        int end = text.indexOf(SEPARATOR);
        if (end < 0) {
            throw new IllegalArgumentException(uri + " has no " + SEPARATOR + " before a path");
        }
        return getFileSystem(uri).getPath(URI.create(text.substring(end + 1)).getPath());
    }

    private static Path archive(URI uri) {
        if (!SCHEME.equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(uri + " does not begin with " + SCHEME + ":");
        }
        String text = uri.getRawSchemeSpecificPart();
        int end = text.indexOf(SEPARATOR);
        return Path.of(URI.create(end < 0 ? text : text.substring(0, end)));
    }

    /** The URI of a file in an archive. No exclamation mark stands in it but the one between them. */
    static URI uri(Path archive, String path) {
        try {
            String inside = new URI(null, null, path, null).getRawPath();
            return URI.create(SCHEME + ":" + archive.toUri().toString().replace("!", "%21") + "!"
                    + inside.replace("!", "%21"));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
            FileAttribute<?>... attributes) throws IOException {
        for (OpenOption option : options) {
            if (option != StandardOpenOption.READ && !(option instanceof LinkOption)) {
                throw new ReadOnlyFileSystemException();
            }
        }
        CollectionPath file = CollectionPath.of(path);
        return file.getFileSystem().open(file, !options.contains(LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        CollectionPath path = CollectionPath.of(folder);
        return new FolderStream(path, path.getFileSystem().list(path), filter);
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        CollectionPath path = CollectionPath.of(link);
        CollectionNode node = path.getFileSystem().find(path, false);
        if (!node.isLink()) {
            throw new NotLinkException(link.toString());
        }
        return path.getFileSystem().getPath(CollectionNode.text(node.entry().target()));
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        if (path.equals(other)) {
            return true;
        }
        if (!(other instanceof CollectionPath that) || that.getFileSystem() != path.getFileSystem()) {
            return false;
        }
        CollectionPath file = CollectionPath.of(path);
        return file.getFileSystem().find(file, true) == that.getFileSystem().find(that, true);
    }

    @Override
    public boolean isHidden(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().startsWith(".");
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        CollectionPath file = CollectionPath.of(path);
        file.getFileSystem().find(file, true);
        return new ArchiveStore(file.getFileSystem().archive());
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        CollectionPath file = CollectionPath.of(path);
        file.getFileSystem().find(file, true);
        for (AccessMode mode : modes) {
            if (mode != AccessMode.READ) {
                throw new AccessDeniedException(path.toString(), null, "files of an archive can only be read");
            }
        }
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        CollectionPath file = CollectionPath.of(path);
        return type != BasicFileAttributeView.class ? null : type.cast(new BasicFileAttributeView() {

            @Override
            public String name() {
                return "basic";
            }

            @Override
            public BasicFileAttributes readAttributes() throws IOException {
                return file.getFileSystem().attributes(file, CollectionFileSystem.follows(options));
            }

            @Override
            public void setTimes(FileTime modified, FileTime access, FileTime created) {
                throw new ReadOnlyFileSystemException();
            }
        });
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        if (type != BasicFileAttributes.class) {
            throw new UnsupportedOperationException(type.getSimpleName() + " are not kept in archives");
        }
        CollectionPath file = CollectionPath.of(path);
        return type.cast(file.getFileSystem().attributes(file, CollectionFileSystem.follows(options)));
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
            throws IOException {
        int colon = attributes.indexOf(':');
        String view = colon < 0 ? "basic" : attributes.substring(0, colon);
        CollectionPath file = CollectionPath.of(path);
        if (!file.getFileSystem().supportedFileAttributeViews().contains(view)) {
            throw new UnsupportedOperationException("attributes of the view " + view + " are not kept in archives");
        }
        Map<String, Object> values = file.getFileSystem().attributes(file, CollectionFileSystem.follows(options))
                .values(view.equals("basic"));
        Set<String> names = new HashSet<>(Arrays.asList(attributes.substring(colon + 1).split(",")));
        boolean all = names.remove("*");
        if (!values.keySet().containsAll(names)) {
            throw new IllegalArgumentException(attributes + ": there are " + values.keySet());
        }
        if (!all) {
            values.keySet().retainAll(names);
        }
        return values;
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(folder.toString());
        }
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void delete(Path path) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new ReadOnlyFileSystemException();
    }
}
