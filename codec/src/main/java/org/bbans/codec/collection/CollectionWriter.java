package org.bbans.codec.collection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.codec.wire.Varint;

/** Writes an archive of many files, or of one content in segments, whose streams are coded already. */
public final class CollectionWriter {

    private final OutputStream out;
    private final boolean nameless;
    private final MessageDigest sha256 = Checksums.sha256();
    private final List<Long> batches = new ArrayList<>();
    private long fileSize;

    /**
     * Begins an archive.
     *
     * @param out receives it; stays open
     * @param nameless whether it holds one content: each batch has one entry without a name then, and what these hold
     *     follows one another
     * @throws IOException if {@code out} fails
     */
    public CollectionWriter(OutputStream out, boolean nameless) throws IOException {
        this.out = out;
        this.nameless = nameless;
        emit(HeaderFormat.writeCollection(nameless));
    }

    /**
     * Adds a batch.
     *
     * @param entries in the order in which their bytes lie in the streams
     * @param streams complete archives, at least one; read once
     * @param checks sum of the CRC-32C of all wrapped segments that have none of their own, modulo 2^32
     * @throws IllegalArgumentException if the batch has too many entries, streams or segments, or something else that
     *     could not be read again
     * @throws IOException if a stream cannot be read or {@code out} fails
     */
    public void batch(List<CollectionEntry> entries, List<Spool> streams, int checks) throws IOException {
        if (entries.size() > Directory.MAX_ENTRIES || streams.isEmpty() || streams.size() > Directory.MAX_STREAMS) {
            throw new IllegalArgumentException(entries.size() + " entries, " + streams.size() + " streams");
        }
        if (nameless && entries.size() != 1 || entries.stream().anyMatch(e -> nameless != (e.path().length == 0))) {
            throw new IllegalArgumentException("entries with names, or without");
        }
        DirectoryCheck.check(entries, streams.size());
        List<Directory.Stream> sizes = new ArrayList<>();
        for (Spool stream : streams) {
            CRC32C crc = new CRC32C();
            try (InputStream in = new CheckedInputStream(stream.open(), crc)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            sizes.add(new Directory.Stream(stream.size(), (int) crc.getValue()));
        }
        final long start = fileSize;
        byte[] raw = new Directory(sizes, entries, checks).write();
        if (raw.length > CollectionReader.MAX_DIRECTORY) {
            throw new IllegalArgumentException("a directory of " + raw.length + " bytes");
        }
        sha256.update(raw);
        byte[] coded = OpaqueBlock.lzma2(raw);
        boolean smaller = coded.length < raw.length;
        byte[] payload = smaller ? coded : raw;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        new BlockEntry(smaller ? BlockKind.LZMA2 : BlockKind.STORED, raw.length, payload.length).write(head);
        Varint.writeInt(head, Checksums.crc32c(raw));
        emit(head.toByteArray());
        emit(payload);
        for (Spool stream : streams) {
            try (InputStream in = stream.open()) {
                fileSize += in.transferTo(out);
            }
        }
        batches.add(fileSize - start);
    }

    /**
     * Completes the archive and flushes it.
     *
     * @throws IOException if {@code out} fails
     */
    public void finish() throws IOException {
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        end.write(0);
        Varint.write(end, batches.size());
        batches.forEach(size -> Varint.write(end, size));
        end.writeBytes(sha256.digest());
        Varint.writeInt(end, Checksums.crc32c(end.toByteArray()));
        Varint.writeInt(end, end.size());
        emit(end.toByteArray());
        out.flush();
    }

    /** Bytes written so far. */
    public long fileSize() {
        return fileSize;
    }

    private void emit(byte[] bytes) throws IOException {
        out.write(bytes);
        fileSize += bytes.length;
    }
}
