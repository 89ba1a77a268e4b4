package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.bbans.codec.collection.CollectionWriter;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Part;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;

/** Compresses a single content in segments: its records go to models wherever they lie, all other bytes to LZMA2. */
final class SegmentCompressor {

    /** Bytes of a content that are worked on at a time. */
    static final long WINDOW = CollectionCompressor.BATCH_BYTES;

    /** Contents up to this size are coded in one segment too, and the smaller archive is taken. */
    private static final long SMALL_CONTENT = 1 << 24;

    private final RecordCompressor whole;
    private final CompressionOptions options;
    private final CollectionCompressor.Modelled modelled = new CollectionCompressor.Modelled();

    /** @param whole compresses contents in one segment */
    SegmentCompressor(RecordCompressor whole) {
        this.whole = whole;
        options = whole.options();
    }

    /** Whether a content has records in several places, or contents that have to be looked at. */
    boolean applies(byte[] head, ContentView content) throws IOException {
        if (options.records().isPresent() || options.unordered()
                || LayoutDetector.detect(head, head.length, content.size()).isPresent()) {
            return false;
        }
        Optional<Anatomy> anatomy = Anatomies.find(content);
        return anatomy.isPresent() && Anatomies.records(anatomy.get()).isEmpty();
    }

    /**
     * Compresses a file, in segments or in one, whichever is smaller.
     *
     * @param file with what has been found in it so far
     * @param unwrapped what is in a file that has been taken apart; null if it has not
     */
    Compression compress(FoundPart file, Spool unwrapped, OutputStream out) throws IOException {
        try (Spool archive = new Spool(options.temporaryFolder()); Spool plain = new Spool(options.temporaryFolder())) {
            CollectionWriter writer = new CollectionWriter(archive, true);
            boolean gains = file.size() <= WINDOW || unwrapped != null
                    ? new CollectionCompressor(options).compress(file, unwrapped != null ? unwrapped : plain, writer,
                            false, modelled)
                    : inWindows(file.bytes, plain, writer);
            writer.finish();
            if (!gains) {
                return inOneSegment(whole, file, unwrapped, out);
            }
            if (file.size() <= SMALL_CONTENT) {
                try (Spool single = new Spool(options.temporaryFolder())) {
                    RecordCompressor silent = new RecordCompressor(options.withListener(CompressionListener.NONE));
                    Compression result = inOneSegment(silent, file, unwrapped, single);
                    if (result.archiveBytes() <= writer.fileSize()) {
                        RecordCompressor.transfer(single, out);
                        return result;
                    }
                } catch (UnsuitableModelException fitsSegmentsOnly) {
                    // The archive in segments it is.
                }
            }
            RecordCompressor.transfer(archive, out);
            return result(file.size(), writer);
        }
    }

    private static Compression inOneSegment(RecordCompressor compressor, FoundPart file, Spool unwrapped,
            OutputStream out) throws IOException {
        return unwrapped != null ? compressor.compressWrapped(unwrapped, file.wrapping, out)
                : compressor.compressWhole(file.bytes, out);
    }

    private Compression result(long size, CollectionWriter writer) {
        options.listener().progress(size);
        return new Compression(size, size, writer.fileSize(), Optional.empty(),
                modelled.names().isEmpty() ? Optional.empty() : Optional.of(String.join(", ", modelled.names())),
                modelled.names().isEmpty() ? Compression.Outcome.NO_RECORDS : Compression.Outcome.MODEL);
    }

    /** A tar archive, member after member, as many at a time as lie in a window; all else at once. */
    private boolean inWindows(ContentView content, Spool plain, CollectionWriter writer) throws IOException {
        CollectionCompressor compressor = new CollectionCompressor(options);
        for (long at = 0; at < content.size();) {
            long length = Math.min(WINDOW, content.size() - at);
            if (length < content.size() - at) {
                Optional<Anatomy> anatomy = Anatomies.find(content.slice(at, length));
                if (anatomy.isPresent() && anatomy.get().kind().equals(TarStretches.TAR)) {
                    length = members(anatomy.get(), length);
                } else if (at == 0) {
                    return compressor.compress(new FoundPart(content, 0, false), plain, writer, false, modelled);
                }
            }
            try (Spool own = new Spool(options.temporaryFolder())) {
                compressor.compress(new FoundPart(content.slice(at, length), 0, false), own, writer, true, modelled);
            }
            at += length;
            options.listener().progress(at);
        }
        return true;
    }

    /**
     * Compresses a content that is read only once, a tar archive for example, window by window.
     *
     * @param start its first bytes, a window full
     * @param in the bytes behind these
     */
    Compression compress(Spool start, InputStream in, OutputStream out) throws IOException {
        CollectionWriter writer = new CollectionWriter(out, true);
        CollectionCompressor compressor = new CollectionCompressor(options);
        long total = 0;
        Spool window = start;
        try {
            while (window.size() > 0) {
                ContentView view = ContentView.of(window);
                boolean isLast = view.size() < WINDOW;
                Optional<Anatomy> anatomy = isLast ? Optional.empty() : Anatomies.find(view);
                long length = anatomy.isPresent() && anatomy.get().kind().equals(TarStretches.TAR)
                        ? members(anatomy.get(), view.size()) : view.size();
                try (Spool plain = new Spool(options.temporaryFolder())) {
                    compressor.compress(new FoundPart(view.slice(0, length), 0, false), plain, writer, true, modelled);
                }
                total += length;
                options.listener().progress(total);
                Spool next = new Spool(options.temporaryFolder());
                try (InputStream rest = view.open(length)) {
                    rest.transferTo(next);
                }
                if (window != start) {
                    window.close();
                }
                window = next;
                fill(window, in);
            }
        } finally {
            if (window != start) {
                window.close();
            }
        }
        writer.finish();
        return result(total, writer);
    }

    /** Reads on until a window is full or the end is reached. */
    static void fill(Spool window, InputStream in) throws IOException {
        byte[] chunk = new byte[1 << 16];
        while (window.size() < WINDOW) {
            int n = in.read(chunk, 0, (int) Math.min(chunk.length, WINDOW - window.size()));
            if (n < 0) {
                return;
            }
            window.write(chunk, 0, n);
        }
    }

    /** Where the last member that lies in the window as a whole ends, or the window's end if none does. */
    private static long members(Anatomy tar, long window) {
        long end = 0;
        long at = 0;
        for (Part part : tar.parts()) {
            at += part.length();
            end = part.kind() == Part.PartKind.CONTENT ? at : end;
        }
        long padded = (end + TarStretches.BLOCK - 1) / TarStretches.BLOCK * TarStretches.BLOCK;
        return end == 0 ? window : Math.min(padded, window);
    }
}
