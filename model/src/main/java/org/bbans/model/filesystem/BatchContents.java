package org.bbans.model.filesystem;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.io.Spool;

/**
 * Gives the bytes of the files of one batch. The first file is decoded by itself; with the second one all are, once. If
 * something in the batch is damaged or takes too much memory, each file is decoded when it is asked for.
 */
final class BatchContents implements Closeable {

    private final Path archive;
    private final CollectionBatch.Place place;
    private final List<CollectionEntry> entries;
    private final ModelSource models;
    private final ReadOptions options;
    /** The file that was decoded by itself; null before. */
    private CollectionEntry first;
    private Spool firstBytes;
    /** Whether all files cannot be decoded in one go. */
    private boolean apart;
    private boolean closed;
    /** All files, one after the other; null before. */
    private Spool all;
    private Map<CollectionEntry, Long> places;

    /**
     * A file's decoded bytes.
     *
     * @param spool where they are
     * @param from place of the first one
     * @param size number of bytes
     * @param owned whether the spool holds nothing else, and whoever reads it last closes it
     */
    record Content(Spool spool, long from, long size, boolean owned) {}

    /**
     * Decodes nothing yet.
     *
     * @param batch which may be closed before anything is decoded
     */
    BatchContents(Path archive, CollectionBatch batch, ModelSource models, ReadOptions options) {
        this.archive = archive;
        place = batch.place();
        entries = batch.entries();
        this.models = models;
        this.options = options;
    }

    /**
     * The bytes of a file of this batch.
     *
     * @throws ClosedFileSystemException if this is closed
     * @throws IOException if they are damaged, or the archive cannot be read or has changed
     */
    synchronized Content of(CollectionEntry file) throws IOException {
        if (closed) {
            throw new ClosedFileSystemException();
        }
        long size = file.content().size();
        if (first == file) {
            return new Content(firstBytes, 0, size, false);
        }
        if (first == null) {
            firstBytes = decodeOne(file);
            first = file;
            return new Content(firstBytes, 0, size, false);
        }
        if (all == null && !apart) {
            decodeAll();
        }
        return apart ? new Content(decodeOne(file), 0, size, true)
                : new Content(all, places.get(file), size, false);
    }

    private Spool decodeOne(CollectionEntry file) throws IOException {
        Spool spool = new Spool();
        decode(entry -> entry == file, spool, new IdentityHashMap<>());
        return spool;
    }

    private void decodeAll() throws IOException {
        Spool spool = new Spool();
        Map<CollectionEntry, Long> found = new IdentityHashMap<>();
        try {
            decode(entry -> entry.type() == EntryType.FILE, spool, found);
            places = found;
            all = spool;
        } catch (FormatException e) {
            // Whichever file is damaged says so when it is asked for. Other failures may be gone the next time.
            apart = true;
        }
    }

    /** Decodes some files into a spool, which is closed if that fails, and notes where each begins. */
    private void decode(Predicate<CollectionEntry> wanted, Spool spool, Map<CollectionEntry, Long> found)
            throws IOException {
        boolean complete = false;
        try (CollectionReader reader = CollectionReader.open(archive, models, options)) {
            CollectionBatch batch = batch(reader);
            Map<CollectionEntry, CollectionEntry> known = new IdentityHashMap<>();
            for (int i = 0; i < entries.size(); i++) {
                known.put(batch.entries().get(i), entries.get(i));
            }
            batch.read(entry -> wanted.test(known.get(entry)), (same, content) -> {
                long from = spool.size();
                content.writeTo(spool);
                long size = spool.size() - from;
                for (CollectionEntry entry : same) {
                    if (entry.content().size() != size) {
                        throw new IOException(entry.name() + " has " + size + " bytes, not "
                                + entry.content().size() + " as its directory says: the archive is damaged");
                    }
                    found.put(known.get(entry), from);
                }
            });
            complete = true;
        } finally {
            if (!complete) {
                spool.close();
            }
        }
    }

    private CollectionBatch batch(CollectionReader reader) throws IOException {
        FormatException why = null;
        try {
            CollectionBatch batch = reader.again(place);
            if (batch.entries().equals(entries)) {
                return batch;
            }
        } catch (FormatException e) {
            why = e;
        }
        throw new IOException(archive + " has changed since it was opened; open it again", why);
    }

    /** Forgets the bytes; what reads them fails from now on. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try (Spool one = firstBytes; Spool rest = all) {
            first = null;
            firstBytes = null;
            all = null;
        }
    }
}
