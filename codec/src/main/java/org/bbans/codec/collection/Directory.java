package org.bbans.codec.collection;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.Varint;

/**
 * What a batch holds, column by column, so that LZMA2 finds like beside like.
 *
 * @param streams the archives behind the directory, in order
 * @param entries in the order in which their bytes lie in the streams
 */
record Directory(List<Stream> streams, List<CollectionEntry> entries) {

    /** Entries of a batch. */
    static final int MAX_ENTRIES = 1 << 20;
    /** Streams of a batch, and runs of a file. */
    static final int MAX_STREAMS = 1 << 16;

    private static final String WHAT = "a directory";
    private static final int REPEAT = 0;
    private static final int OPAQUE = 1;
    private static final int RUNS = 2;
    private static final int UNWRAPPED = 3;

    /**
     * An archive behind the directory.
     *
     * @param size its bytes
     * @param crc their CRC-32C
     */
    record Stream(long size, int crc) {}

    byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Varint.write(out, streams.size());
        for (Stream stream : streams) {
            Varint.write(out, stream.size());
            Varint.writeInt(out, stream.crc());
        }
        Varint.write(out, entries.size());
        byte[] before = new byte[0];
        for (CollectionEntry entry : entries) {
            int mismatch = Arrays.mismatch(before, entry.path());
            int shared = mismatch < 0 ? before.length : mismatch;
            Varint.write(out, shared);
            out.write(entry.path(), shared, entry.path().length - shared);
            out.write(0);
            before = entry.path();
        }
        entries.forEach(entry -> out.write(entry.type().ordinal()));
        entries.forEach(entry -> Varint.write(out, entry.mode()));
        long time = 0;
        for (CollectionEntry entry : entries) {
            long difference = entry.seconds() - time;
            Varint.write(out, difference << 1 ^ difference >> 63);
            time = entry.seconds();
        }
        entries.forEach(entry -> Varint.write(out, entry.nanos()));
        for (CollectionEntry entry : entries) {
            if (entry.type() == EntryType.LINK) {
                out.writeBytes(entry.target());
                out.write(0);
            }
        }
        for (CollectionEntry entry : entries) {
            if (entry.type() == EntryType.FILE) {
                write(out, entry.content());
            }
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, StoredContent content) {
        if (content instanceof StoredContent.Repeat) {
            out.write(REPEAT);
        } else if (content instanceof StoredContent.Unwrapped unwrapped) {
            out.write(UNWRAPPED);
            Varint.write(out, unwrapped.size());
            out.write(unwrapped.kind());
            Varint.write(out, unwrapped.recipe());
            writeRuns(out, unwrapped.inside());
        } else {
            writeRuns(out, (StoredContent.Runs) content);
        }
    }

    private static void writeRuns(ByteArrayOutputStream out, StoredContent.Runs content) {
        List<StoredContent.Run> runs = content.runs();
        if (runs.isEmpty() || runs.size() == 1 && runs.get(0).stream() == 0) {
            out.write(OPAQUE);
            Varint.write(out, content.size());
            return;
        }
        out.write(RUNS);
        Varint.write(out, runs.size());
        for (StoredContent.Run run : runs) {
            Varint.write(out, run.stream());
            Varint.write(out, run.length());
        }
    }

    /**
     * Reads a directory.
     *
     * @param raw all of it, whose CRC is right
     * @throws CorruptArchiveException if something in it cannot be
     */
    static Directory parse(byte[] raw) throws IOException {
        FormatInput in = new FormatInput(new ByteArrayInputStream(raw), 0);
        try {
            Directory directory = parse(in);
            if (in.readOrEnd() >= 0) {
                throw new CorruptArchiveException(WHAT + " is damaged: bytes follow it");
            }
            return directory;
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException(WHAT + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Directory parse(FormatInput in) throws IOException {
        int streamCount = number(in, 1, MAX_STREAMS, "streams");
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < streamCount; i++) {
            streams.add(new Stream(in.readVarint(WHAT), in.readInt(WHAT)));
        }
        int n = number(in, 0, MAX_ENTRIES, "entries");
        List<byte[]> paths = new ArrayList<>();
        byte[] before = new byte[0];
        for (int i = 0; i < n; i++) {
            int shared = number(in, 0, before.length, "bytes of the path before");
            byte[] rest = text(in);
            byte[] path = Arrays.copyOf(before, shared + rest.length);
            System.arraycopy(rest, 0, path, shared, rest.length);
            paths.add(path);
            before = path;
        }
        byte[] types = in.readBytes(n, WHAT);
        int[] modes = numbers(in, n, 0xFFF, "mode");
        long[] seconds = new long[n];
        long time = 0;
        for (int i = 0; i < n; i++) {
            long coded = in.readVarint(WHAT);
            time += coded >>> 1 ^ -(coded & 1);
            if (Math.abs(time) > CollectionEntry.MAX_SECONDS) {
                throw new IllegalArgumentException("a time out of range");
            }
            seconds[i] = time;
        }
        int[] nanos = numbers(in, n, Integer.MAX_VALUE, "nanoseconds");
        List<byte[]> targets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (types[i] < 0 || types[i] >= EntryType.values().length) {
                throw new IllegalArgumentException("an entry of type " + types[i]);
            }
            targets.add(types[i] == EntryType.LINK.ordinal() ? text(in) : new byte[0]);
        }
        List<CollectionEntry> entries = new ArrayList<>();
        long left = Long.MAX_VALUE;
        StoredContent latest = null;
        for (int i = 0; i < n; i++) {
            StoredContent content = null;
            if (types[i] == EntryType.FILE.ordinal()) {
                content = content(in, streamCount, latest);
                latest = content;
                left -= content.size();
                if (content.size() < 0 || left < 0) {
                    throw new IllegalArgumentException("more than 2^63 bytes");
                }
            }
            entries.add(new CollectionEntry(paths.get(i), EntryType.values()[types[i]], modes[i], seconds[i], nanos[i],
                    targets.get(i), content));
        }
        return new Directory(List.copyOf(streams), List.copyOf(entries));
    }

    private static StoredContent content(FormatInput in, int streams, StoredContent latest) throws IOException {
        int form = in.readByte(WHAT);
        if (form == REPEAT) {
            if (latest == null) {
                throw new IllegalArgumentException("nothing before that could be repeated");
            }
            return new StoredContent.Repeat(latest.size());
        }
        if (form != UNWRAPPED) {
            return runs(in, form, streams);
        }
        long size = in.readVarint(WHAT);
        int kind = in.readByte(WHAT);
        int recipe = number(in, 0, Wrapping.MAX_BYTES, "bytes of a recipe");
        return new StoredContent.Unwrapped(size, kind, recipe, runs(in, in.readByte(WHAT), streams));
    }

    private static StoredContent.Runs runs(FormatInput in, int form, int streams) throws IOException {
        List<StoredContent.Run> runs = new ArrayList<>();
        if (form == OPAQUE) {
            long length = in.readVarint(WHAT);
            if (length > 0) {
                runs.add(new StoredContent.Run(0, length));
            }
        } else if (form == RUNS) {
            int n = number(in, 1, MAX_STREAMS, "runs");
            long total = 0;
            for (int i = 0; i < n; i++) {
                runs.add(new StoredContent.Run(number(in, 0, streams - 1, "stream"), in.readVarint(WHAT)));
                total += runs.get(i).length();
                if (total < 0) {
                    throw new IllegalArgumentException("a file of more than 2^63 bytes");
                }
            }
        } else {
            throw new IllegalArgumentException("a content of form " + form);
        }
        return new StoredContent.Runs(runs);
    }

    private static int[] numbers(FormatInput in, int n, int most, String what) throws IOException {
        int[] numbers = new int[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = number(in, 0, most, what);
        }
        return numbers;
    }

    private static int number(FormatInput in, int least, int most, String what) throws IOException {
        long value = in.readVarint(WHAT);
        if (value < least || value > most) {
            throw new IllegalArgumentException(value + " " + what);
        }
        return (int) value;
    }

    /** Bytes up to a zero. */
    private static byte[] text(FormatInput in) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int b = in.readByte(WHAT); b != 0; b = in.readByte(WHAT)) {
            text.write(b);
            if (text.size() > CollectionEntry.MAX_PATH) {
                throw new IllegalArgumentException("a path of more than " + CollectionEntry.MAX_PATH + " bytes");
            }
        }
        return text.toByteArray();
    }
}
