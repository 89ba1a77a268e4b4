package org.bbans.model.filesystem;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.format.CorruptArchiveException;

/** A file, folder or link in the tree that the paths of a collection make. */
final class CollectionNode {

    /** Bytes of memory for a node with its place in the map of its parent and a map of its own. */
    private static final int NODE_MEMORY = 240;
    /** What stands in every name that is escaped. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\x[0-9a-f]{2}");

    private final CollectionNode parent;
    private final String name;
    /** By name; null if this is no folder. */
    private Map<String, CollectionNode> children;
    /** Null for a folder that only the paths of others name. */
    private CollectionEntry entry;
    private BatchContents contents;

    private CollectionNode(CollectionNode parent, String name) {
        this.parent = parent;
        this.name = name;
    }

    /** A folder with nothing in it and nothing above it. */
    static CollectionNode root() {
        CollectionNode root = new CollectionNode(null, "");
        root.children = new TreeMap<>();
        return root;
    }

    /**
     * Adds what an entry describes, below this root.
     *
     * @return bytes of memory that this takes beside the entry, roughly
     * @throws CorruptArchiveException if something of its name is there, or lies below what is no folder
     */
    long add(CollectionEntry added, BatchContents batch) throws CorruptArchiveException {
        CollectionNode node = this;
        long memory = 0;
        for (String next : text(added.path()).split("/")) {
            if (node.children == null) {
                if (node.entry != null) {
                    throw new CorruptArchiveException(added.name() + " lies below " + node.name
                            + ", which is no folder: the archive is damaged");
                }
                node.children = new TreeMap<>();
            }
            CollectionNode above = node;
            node = above.children.get(next);
            if (node == null) {
                node = new CollectionNode(above, next);
                above.children.put(next, node);
                memory += NODE_MEMORY + 2L * next.length();
            }
        }
        boolean folder = added.type() == EntryType.FOLDER;
        if (node.entry != null || node.children != null && !folder) {
            throw new CorruptArchiveException(added.name() + " is there twice: the archive is damaged");
        }
        node.entry = added;
        node.contents = batch;
        if (folder && node.children == null) {
            node.children = new TreeMap<>();
        }
        return memory;
    }

    /** A path with each of its names as {@link #text(byte[], int, int)} shows it. */
    static String text(byte[] path) {
        StringBuilder text = new StringBuilder();
        int start = 0;
        for (int i = 0; i <= path.length; i++) {
            if (i == path.length || path[i] == '/') {
                text.append(start == 0 ? "" : "/").append(text(path, start, i));
                start = i + 1;
            }
        }
        return text.toString();
    }

    /**
     * A name in UTF-8 as it is. One that is not has {@code \xHH} for bytes beyond ASCII; so has one that would look
     * like such a name otherwise, and both have {@code \x5c} for backslashes: no two names become the same.
     */
    private static String text(byte[] bytes, int start, int end) {
        try {
            String name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, end - start))
                    .toString();
            if (!ESCAPE.matcher(name).find()) {
                return name;
            }
        } catch (CharacterCodingException e) {
            // It is escaped.
        }
        StringBuilder text = new StringBuilder();
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            text.append(b >= 0 && b != '\\' ? String.valueOf((char) b) : String.format("\\x%02x", b & 0xff));
        }
        return text.toString();
    }

    String name() {
        return name;
    }

    /** The folder that it lies in; null for the root. */
    CollectionNode parent() {
        return parent;
    }

    /** The child of this name; null if there is none. */
    CollectionNode child(String childName) {
        return children == null ? null : children.get(childName);
    }

    /** Names of what lies in this folder, sorted. */
    List<String> names() {
        return List.copyOf(children.keySet());
    }

    /** Null for a folder that only the paths of others name. */
    CollectionEntry entry() {
        return entry;
    }

    /** What holds a file's bytes. */
    BatchContents contents() {
        return contents;
    }

    boolean isFolder() {
        return children != null;
    }

    boolean isLink() {
        return entry != null && entry.type() == EntryType.LINK;
    }
}
