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
import org.bbans.codec.wire.BitCoder;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.NumberedName;
import org.bbans.codec.wire.Varint;

/**
 * What a batch holds, column by column, so that LZMA2 finds like beside like.
 *
 * @param streams the archives behind the directory, in order
 * @param entries in the order in which their bytes lie in the streams
 * @param checks sum of the CRC-32C of all wrapped segments that have none of their own
 */
record Directory(List<Stream> streams, List<CollectionEntry> entries, int checks) {

    /** Entries of a batch. */
    static final int MAX_ENTRIES = 1 << 20;
    /** Streams of a batch. */
    static final int MAX_STREAMS = 1 << 16;

    private static final String WHAT = "a directory";
    /** What it consists of. */
    private static final String FIELD = "its field";
    /** Bytes of memory for an entry beside its path, for a segment, and for a stream with its place. */
    private static final int ENTRY_MEMORY = 300;
    private static final int SEGMENT_MEMORY = 80;
    private static final int STREAM_MEMORY = 120;
    /** Segments of the files of a batch, those inside of others too. */
    static final int MAX_PIECES = 1 << 21;
    /** Wrappings around each other. */
    static final int MAX_DEPTH = 8;
    /** Runs of a loop. */
    static final int MAX_BODY = 64;

    /** Instead of what two paths share: the number in the path is one higher. */
    private static final int SUCCESSOR = 0;
    private static final int LOOP = 0;
    private static final int WRAPPED = 1;
    /** What is added to the number of a stream. */
    private static final int RUN = 2;

    /**
     * An archive behind the directory.
     *
     * @param size its bytes
     * @param crc their CRC-32C
     */
    record Stream(long size, int crc) {}

    /** Bytes that restoring all entries makes, with those inside of wrappings; at most 2^63 - 1. */
    long contentSize() {
        long size = 0;
        for (CollectionEntry entry : entries) {
            if (entry.content() != null) {
                size = sum(size, entry.content() instanceof StoredContent.Segments content
                        ? contentSize(content) : entry.content().size());
            }
        }
        return size;
    }

    private static long contentSize(StoredContent.Segments content) {
        long size = content.size();
        for (StoredContent.Segment segment : content.segments()) {
            if (segment instanceof StoredContent.Wrapped wrapped) {
                size = sum(size, sum(wrapped.recipe(), contentSize(wrapped.inside())));
            }
        }
        return size;
    }

    /** Bytes of memory that this takes, roughly: what parsing it has charged. */
    long memory() {
        long bytes = (long) STREAM_MEMORY * streams.size();
        for (CollectionEntry entry : entries) {
            bytes += ENTRY_MEMORY + entry.path().length;
            bytes += entry.content() instanceof StoredContent.Segments content
                    ? (long) SEGMENT_MEMORY * segments(content) : 0;
        }
        return bytes;
    }

    private static int segments(StoredContent.Segments content) {
        int n = content.segments().size();
        for (StoredContent.Segment segment : content.segments()) {
            n += segment instanceof StoredContent.Loop loop ? loop.body().size()
                    : segment instanceof StoredContent.Wrapped wrapped ? segments(wrapped.inside()) : 0;
        }
        return n;
    }

    private static long sum(long a, long b) {
        return a + Math.min(b, Long.MAX_VALUE - a);
    }

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
            if (Arrays.equals(NumberedName.successor(before), entry.path())) {
                out.write(SUCCESSOR);
            } else {
                int mismatch = Arrays.mismatch(before, entry.path());
                int shared = mismatch < 0 ? before.length : mismatch;
                Varint.write(out, 1L + shared);
                out.write(entry.path(), shared, entry.path().length - shared);
                out.write(0);
            }
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
        BitCoder.Writer nanos = new BitCoder.Writer();
        nanos(nanos, entries.stream().mapToLong(CollectionEntry::seconds).toArray(),
                entries.stream().mapToInt(CollectionEntry::nanos).toArray());
        byte[] coded = nanos.finish();
        Varint.write(out, coded.length);
        out.writeBytes(coded);
        for (CollectionEntry entry : entries) {
            if (entry.type() == EntryType.LINK) {
                out.writeBytes(entry.target());
                out.write(0);
            }
        }
        List<StoredContent.Segments> contents = new ArrayList<>();
        for (CollectionEntry entry : entries) {
            if (entry.content() instanceof StoredContent.Segments content) {
                Varint.write(out, content.segments().size() + 1L);
                contents.add(content);
            } else if (entry.type() == EntryType.FILE) {
                Varint.write(out, 0);
            }
        }
        contents.forEach(content -> write(out, content.segments()));
        Varint.writeInt(out, checks);
        return out.toByteArray();
    }

    /** Codes nanoseconds, or replaces them by what is read: within one second as differences. */
    private static void nanos(BitCoder coder, long[] seconds, int[] nanos) {
        BitCoder.Contexts others = new BitCoder.Contexts(2);
        BitCoder.Contexts near = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);
        BitCoder.Contexts far = new BitCoder.Contexts(BitCoder.NUMBER_CONTEXTS);
        int before = 0;
        for (int i = 0; i < nanos.length; i++) {
            boolean together = i > 0 && seconds[i] == seconds[i - 1];
            if (coder.bit(others, together ? 1 : 0, nanos[i] == before ? 0 : 1) == 0) {
                nanos[i] = before;
            } else if (together) {
                nanos[i] = before + coder.signed(near, 0, nanos[i] - before);
            } else {
                nanos[i] = coder.number(far, 0, nanos[i]);
            }
            if (nanos[i] < 0 || nanos[i] > 999_999_999) {
                throw new IllegalArgumentException(nanos[i] + " nanoseconds");
            }
            before = nanos[i];
        }
    }

    private static void write(ByteArrayOutputStream out, List<? extends StoredContent.Segment> segments) {
        for (StoredContent.Segment segment : segments) {
            if (segment instanceof StoredContent.Run run) {
                Varint.write(out, RUN + (long) run.stream());
                Varint.write(out, run.size());
            } else if (segment instanceof StoredContent.Loop loop) {
                out.write(LOOP);
                Varint.write(out, loop.times());
                Varint.write(out, loop.body().size());
                write(out, loop.body());
            } else {
                StoredContent.Wrapped wrapped = (StoredContent.Wrapped) segment;
                out.write(WRAPPED);
                Varint.write(out, wrapped.size());
                out.write(wrapped.kind());
                if (StoredContent.Wrapped.isChecked(wrapped.size())) {
                    Varint.writeInt(out, wrapped.crc());
                }
                Varint.write(out, wrapped.recipe());
                Varint.write(out, wrapped.inside().segments().size());
                write(out, wrapped.inside().segments());
            }
        }
    }

    /**
     * Reads a directory.
     *
     * @param raw all of it, whose CRC is right
     * @param budget is charged for what is made of it, which may be far more: paths share their beginnings
     * @throws CorruptArchiveException if something in it cannot be
     */
    static Directory parse(byte[] raw, Budget budget) throws IOException {
        FormatInput in = new FormatInput(new ByteArrayInputStream(raw), 0);
        try {
            Directory directory = parse(in, budget);
            if (in.readOrEnd() >= 0) {
                throw new IllegalArgumentException("bytes follow it");
            }
            return directory;
        } catch (CorruptArchiveException e) {
            // All bytes are there: what they do not hold is no sign of a truncated archive.
            throw new CorruptArchiveException(WHAT + " is damaged: " + (in.position() == raw.length
                    ? "its fields go beyond its end" : e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException(WHAT + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Directory parse(FormatInput in, Budget budget) throws IOException {
        int streamCount = number(in, 1, MAX_STREAMS, "streams");
        List<Stream> streams = new ArrayList<>();
        long archives = 0;
        for (int i = 0; i < streamCount; i++) {
            budget.take(STREAM_MEMORY);
            streams.add(new Stream(in.readVarint(FIELD), in.readInt(FIELD)));
            archives += streams.get(i).size();
            if (archives < 0) {
                throw new IllegalArgumentException("streams of more than 2^63 bytes");
            }
        }
        int n = number(in, 0, MAX_ENTRIES, "entries");
        List<byte[]> paths = new ArrayList<>();
        byte[] before = new byte[0];
        for (int i = 0; i < n; i++) {
            int known = number(in, 0, before.length + 1, "in front of a path");
            byte[] path = known == SUCCESSOR ? successor(before) : path(before, known - 1, text(in));
            budget.take(ENTRY_MEMORY + path.length);
            paths.add(path);
            before = path;
        }
        byte[] types = in.readBytes(n, FIELD);
        int[] modes = numbers(in, n, 0xFFF, "mode");
        long[] seconds = new long[n];
        long time = 0;
        for (int i = 0; i < n; i++) {
            long coded = in.readVarint(FIELD);
            time += coded >>> 1 ^ -(coded & 1);
            if (Math.abs(time) > CollectionEntry.MAX_SECONDS) {
                throw new IllegalArgumentException("a time out of range");
            }
            seconds[i] = time;
        }
        int[] nanos = new int[n];
        nanos(new BitCoder.Reader(in.readBytes(number(in, 0, CollectionReader.MAX_DIRECTORY, "bytes"), FIELD), 0),
                seconds, nanos);
        List<byte[]> targets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (types[i] < 0 || types[i] >= EntryType.values().length) {
                throw new IllegalArgumentException("an entry of type " + types[i]);
            }
            targets.add(types[i] == EntryType.LINK.ordinal() ? text(in) : new byte[0]);
        }
        int[] segments = new int[n];
        boolean first = true;
        for (int i = 0; i < n; i++) {
            if (types[i] == EntryType.FILE.ordinal()) {
                segments[i] = number(in, 0, MAX_PIECES, "segments");
                if (first && segments[i] == 0) {
                    throw new IllegalArgumentException("nothing before that could be repeated");
                }
                first = false;
            }
        }
        SegmentParser reader = new SegmentParser(in, streamCount, budget);
        List<CollectionEntry> entries = new ArrayList<>();
        long total = 0;
        StoredContent latest = null;
        for (int i = 0; i < n; i++) {
            StoredContent content = null;
            if (types[i] == EntryType.FILE.ordinal()) {
                content = segments[i] == 0 ? new StoredContent.Repeat(latest.size())
                        : reader.segments(segments[i] - 1, 0);
                latest = content;
                total += content.size();
                if (total < 0) {
                    throw new IllegalArgumentException("more than 2^63 bytes");
                }
            }
            entries.add(new CollectionEntry(paths.get(i), EntryType.values()[types[i]], modes[i], seconds[i], nanos[i],
                    targets.get(i), content));
        }
        return new Directory(List.copyOf(streams), List.copyOf(entries), in.readInt(FIELD));
    }

    private static byte[] successor(byte[] before) {
        byte[] path = NumberedName.successor(before);
        if (path == null) {
            throw new IllegalArgumentException("a path that follows on one without a number");
        }
        return path;
    }

    private static byte[] path(byte[] before, int shared, byte[] rest) {
        byte[] path = Arrays.copyOf(before, shared + rest.length);
        System.arraycopy(rest, 0, path, shared, rest.length);
        return path;
    }

    /** Reads contents. */
    private static final class SegmentParser {

        private final FormatInput in;
        private final int streams;
        private final Budget budget;
        private int left = MAX_PIECES;

        SegmentParser(FormatInput in, int streams, Budget budget) {
            this.budget = budget;
            this.in = in;
            this.streams = streams;
        }

        StoredContent.Segments segments(int n, int depth) throws IOException {
            take(n);
            List<StoredContent.Segment> segments = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                int tag = number(in, 0, RUN + streams - 1, "kind of a segment");
                segments.add(tag == LOOP ? loop() : tag == WRAPPED ? wrapped(depth)
                        : new StoredContent.Run(tag - RUN, in.readVarint(FIELD)));
            }
            return new StoredContent.Segments(segments);
        }

        private void take(int n) throws IOException {
            budget.take((long) n * SEGMENT_MEMORY);
            left -= n;
            if (left < 0) {
                throw new IllegalArgumentException("more than " + MAX_PIECES + " segments");
            }
        }

        private StoredContent.Loop loop() throws IOException {
            long times = in.readVarint(FIELD);
            int n = number(in, 1, MAX_BODY, "runs of a loop");
            take(n);
            List<StoredContent.Run> body = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                body.add(new StoredContent.Run(number(in, RUN, RUN + streams - 1, "kind of a run") - RUN,
                        in.readVarint(FIELD)));
            }
            return new StoredContent.Loop(times, body);
        }

        private StoredContent.Wrapped wrapped(int depth) throws IOException {
            if (depth == MAX_DEPTH) {
                throw new IllegalArgumentException("more than " + MAX_DEPTH + " wrappings around each other");
            }
            long size = in.readVarint(FIELD);
            int kind = in.readByte(FIELD);
            int crc = StoredContent.Wrapped.isChecked(size) ? in.readInt(FIELD) : 0;
            int recipe = number(in, 0, Wrapping.MAX_BYTES, "bytes of a recipe");
            return new StoredContent.Wrapped(size, kind, crc, recipe,
                    segments(number(in, 0, MAX_PIECES, "segments"), depth + 1));
        }
    }

    private static int[] numbers(FormatInput in, int n, int most, String what) throws IOException {
        int[] numbers = new int[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = number(in, 0, most, what);
        }
        return numbers;
    }

    private static int number(FormatInput in, int least, int most, String what) throws IOException {
        long value = in.readVarint(FIELD);
        if (value < least || value > most) {
            throw new IllegalArgumentException(value + " " + what);
        }
        return (int) value;
    }

    /** Bytes up to a zero. */
    private static byte[] text(FormatInput in) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int b = in.readByte(FIELD); b != 0; b = in.readByte(FIELD)) {
            text.write(b);
            if (text.size() > CollectionEntry.MAX_PATH) {
                throw new IllegalArgumentException("a path of more than " + CollectionEntry.MAX_PATH + " bytes");
            }
        }
        return text.toByteArray();
    }
}
