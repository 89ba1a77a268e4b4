package org.bbans.codec.collection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.io.BulkInputStream;

/** Reads the content of an archive that holds a single one in segments, checking everything on the way. */
public final class NamelessInputStream extends BulkInputStream {

    private final CollectionReader reader;
    private CollectionBatch batch;
    private InputStream in;
    private boolean atEnd;
    /** Bytes that were read, and how many of these before the current batch. */
    private long given;
    private long before;
    private final List<Damage> damages = new ArrayList<>();
    private IOException failure;

    /**
     * Reads the header.
     *
     * @param archive from its first byte; closed with this stream
     * @param temporaryFolder where what is read of a batch is kept
     * @throws FormatException if it is not such an archive
     * @throws IOException if it cannot be read
     */
    public NamelessInputStream(InputStream archive, Path temporaryFolder, ModelSource models, ReadOptions options)
            throws IOException {
        this(CollectionReader.of(archive, temporaryFolder, models, options));
    }

    /**
     * Opens a file.
     *
     * @throws FormatException if it is not such an archive
     * @throws IOException if it cannot be read
     */
    public static NamelessInputStream open(Path file, ModelSource models, ReadOptions options) throws IOException {
        return new NamelessInputStream(CollectionReader.open(file, models, options));
    }

    private NamelessInputStream(CollectionReader reader) throws IOException {
        this.reader = reader;
        if (!reader.isNameless()) {
            reader.close();
            throw new UnsupportedArchiveException("the archive holds files by name, not a single content");
        }
    }

    /**
     * Reads some bytes of the content.
     *
     * @throws FormatException if the archive is damaged or a model is not at hand
     * @throws IOException if the archive cannot be read; after a failure of any kind every read fails
     */
    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (len == 0) {
            return 0;
        }
        try {
            return readOn(b, off, len);
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException | Error e) {
            failure = new IOException("reading the archive has failed before: " + e, e);
            throw e;
        }
    }

    private int readOn(byte[] b, int off, int len) throws IOException {
        while (!atEnd) {
            if (in != null) {
                int n = in.read(b, off, len);
                if (n >= 0) {
                    given += n;
                    return n;
                }
                in.close();
                in = null;
                batch.checkEnds();
                damages.addAll(lost());
            }
            int known = reader.problems().size();
            batch = reader.next();
            reader.problems().stream().skip(known)
                    .forEach(problem -> damages.add(new Damage(given, Damage.REST, problem)));
            atEnd = batch == null;
            before = given;
            in = atEnd ? null : batch.open();
        }
        return -1;
    }

    /**
     * What has been found to be damaged so far; empty without {@link ReadOptions#keepGoing}. Behind a place from which
     * on nothing can be relied on the content may have another length than it had.
     */
    public List<Damage> damages() {
        List<Damage> all = new ArrayList<>(damages);
        all.addAll(in == null ? List.of() : lost());
        return all;
    }

    /** What of the current batch is lost. */
    private List<Damage> lost() {
        return batch.lost().stream().map(d -> new Damage(before + d.contentOffset(), d.length(), d.reason())).toList();
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
        }
        reader.close();
    }
}
