package org.bbans.model.filesystem;

import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A path of a collection: names with slashes between them, below the root {@code /} or relative. */
final class CollectionPath implements Path {

    private final CollectionFileSystem system;
    private final boolean absolute;
    /** None for the root, one empty one for the empty path. */
    private final List<String> names;

    private CollectionPath(CollectionFileSystem system, boolean absolute, List<String> names) {
        this.system = system;
        this.absolute = absolute;
        this.names = absolute || !names.isEmpty() ? List.copyOf(names) : List.of("");
    }

    /** The path that is written like this; slashes at its end and beside each other are no matter. */
    static CollectionPath of(CollectionFileSystem system, String text) {
        List<String> names = new ArrayList<>();
        for (String name : text.split("/")) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return new CollectionPath(system, text.startsWith("/"), names);
    }

    /**
     * Takes a path for one of a collection.
     *
     * @throws ProviderMismatchException if it is not
     */
    static CollectionPath of(Path path) {
        if (Objects.requireNonNull(path) instanceof CollectionPath that) {
            return that;
        }
        throw new ProviderMismatchException(path + " is no path of an archive");
    }

    private CollectionPath with(boolean nowAbsolute, List<String> nowNames) {
        return new CollectionPath(system, nowAbsolute, nowNames);
    }

    private boolean isEmpty() {
        return !absolute && names.get(0).isEmpty();
    }

    List<String> names() {
        return names;
    }

    @Override
    public CollectionFileSystem getFileSystem() {
        return system;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public Path getRoot() {
        return absolute ? with(true, List.of()) : null;
    }

    @Override
    public Path getFileName() {
        return names.isEmpty() ? null : with(false, names.subList(names.size() - 1, names.size()));
    }

    @Override
    public Path getParent() {
        return names.isEmpty() || !absolute && names.size() == 1 ? null
                : with(absolute, names.subList(0, names.size() - 1));
    }

    @Override
    public int getNameCount() {
        return names.size();
    }

    @Override
    public Path getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public Path subpath(int begin, int end) {
        if (begin < 0 || end > names.size() || begin >= end) {
            throw new IllegalArgumentException("names " + begin + " to " + end + " of " + this);
        }
        return with(false, names.subList(begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof CollectionPath that && that.system == system && that.absolute == absolute
                && that.names.size() <= names.size() && names.subList(0, that.names.size()).equals(that.names);
    }

    @Override
    public boolean endsWith(Path other) {
        if (!(other instanceof CollectionPath that) || that.system != system || that.names.size() > names.size()) {
            return false;
        }
        return that.absolute ? equals(that)
                : names.subList(names.size() - that.names.size(), names.size()).equals(that.names);
    }

    @Override
    public Path normalize() {
        List<String> kept = new ArrayList<>();
        for (String name : names) {
            boolean above = name.equals("..");
            if (above && !kept.isEmpty() && !kept.get(kept.size() - 1).equals("..")) {
                kept.remove(kept.size() - 1);
            } else if (!name.equals(".") && !(above && absolute)) {
                kept.add(name);
            }
        }
        return with(absolute, kept);
    }

    @Override
    public Path resolve(Path other) {
        CollectionPath that = of(other);
        if (that.absolute || isEmpty()) {
            return that;
        }
        if (that.isEmpty()) {
            return this;
        }
        List<String> both = new ArrayList<>(names);
        both.addAll(that.names);
        return with(absolute, both);
    }

    @Override
    public Path relativize(Path other) {
        CollectionPath that = of(other);
        if (that.absolute != absolute) {
            throw new IllegalArgumentException("one of " + this + " and " + that + " is absolute");
        }
        if (isEmpty()) {
            return that;
        }
        List<String> to = that.isEmpty() ? List.of() : that.names;
        int same = 0;
        while (same < Math.min(names.size(), to.size()) && names.get(same).equals(to.get(same))) {
            same++;
        }
        List<String> way = new ArrayList<>();
        for (String name : names.subList(same, names.size())) {
            if (name.equals("..")) {
                throw new IllegalArgumentException("no way from " + this + " to " + that);
            }
            way.add("..");
        }
        way.addAll(to.subList(same, to.size()));
        return with(false, way);
    }

    @Override
    public URI toUri() {
        return BbansFileSystemProvider.uri(system.archive(), toAbsolutePath().toString());
    }

    @Override
    public CollectionPath toAbsolutePath() {
        return absolute ? this : with(true, isEmpty() ? List.of() : names);
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        return system.realPath(this, CollectionFileSystem.follows(options));
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("nothing changes in an archive");
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(((CollectionPath) other).toString());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CollectionPath that && that.system == system && that.absolute == absolute
                && that.names.equals(names);
    }

    @Override
    public int hashCode() {
        return Boolean.hashCode(absolute) + 31 * names.hashCode();
    }

    @Override
    public String toString() {
        return (absolute ? "/" : "") + String.join("/", names);
    }
}
