package org.bbans;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.bbans.PlainDecoder.Bytes;

/** "Collections" of FORMAT.md, read beside {@link PlainDecoder} and made from that section alone. */
final class PlainCollection {

    private final Bytes in;
    private final Function<String, byte[]> modelFiles;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> others = new TreeMap<>();
    private boolean nameless;
    /** Of the CRCs of small wrapped segments. */
    private int sum;

    PlainCollection(byte[] archive, Function<String, byte[]> modelFiles) {
        in = new Bytes(archive);
        this.modelFiles = modelFiles;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw PlainDecoder.damaged(what);
        }
    }

    /** Folders as "folder", links by where they lead. */
    Map<String, String> others() {
        return others;
    }

    /** The files of the archive by their paths; a content without a name by an empty one. */
    Map<String, byte[]> decode() throws NoSuchAlgorithmException {
        while (in.left() > 0) {
            archive();
        }
        return files;
    }

    private void archive() throws NoSuchAlgorithmException {
        final int begin = in.position();
        require(Arrays.equals(in.take(4), new byte[] {(byte) 0xBB, 0x42, 0x41, 1}), "header");
        final int flags = in.u8();
        require(flags == 16 || flags == 80, "flags");
        require(begin == 0 || nameless == (flags == 80), "archives of two kinds in a row");
        nameless = flags == 80;
        require(PlainDecoder.crc32c(in.range(begin, begin + 5)) == in.u32(), "CRC of the header");
        final MessageDigest directories = MessageDigest.getInstance("SHA-256");
        final List<Integer> sizes = new ArrayList<>();
        while (in.peek() != 0) {
            final int start = in.position();
            final long first = in.varint();
            final int rawSize = (int) (first >> 3);
            require((first & 7) <= 1 && first >> 3 <= 1 << 26, "directory");
            final long payloadSize = (first & 7) == 0 ? rawSize : in.varint();
            final int crc = in.u32();
            final byte[] payload = in.take(payloadSize);
            final byte[] raw = (first & 7) == 0 ? payload : PlainDecoder.lzma2(payload, rawSize, false);
            require(PlainDecoder.crc32c(raw) == crc, "CRC of a directory");
            directories.update(raw);
            batch(new Bytes(raw));
            sizes.add(in.position() - start);
        }
        final int mark = in.position();
        require(in.u8() == 0 && in.varint() == sizes.size(), "number of batches");
        for (int size : sizes) {
            require(in.varint() == size, "size of a batch");
        }
        require(Arrays.equals(in.take(32), directories.digest()), "SHA-256 of the directories");
        final int end = in.position();
        require(in.u32() == PlainDecoder.crc32c(in.range(mark, end)), "CRC of the end");
        require(in.u32() == end + 4 - mark, "size of the end");
    }

    private void batch(Bytes d) {
        final int count = (int) d.varint();
        require(count >= 1, "number of streams");
        final List<Bytes> streams = new ArrayList<>();
        final long[] streamSizes = new long[count];
        final int[] crcs = new int[count];
        for (int i = 0; i < count; i++) {
            streamSizes[i] = d.varint();
            crcs[i] = d.u32();
        }
        for (int i = 0; i < count; i++) {
            final byte[] stream = in.take(streamSizes[i]);
            require(PlainDecoder.crc32c(stream) == crcs[i], "CRC of a stream");
            require((stream[4] & 0x18) == 0, "a stream that is a collection or has a wrapping");
            streams.add(new Bytes(new PlainDecoder(stream, modelFiles).decode()));
        }
        final int n = (int) d.varint();
        final String[] paths = new String[n];
        String before = "";
        for (int i = 0; i < n; i++) {
            final int known = (int) d.varint();
            before = known == 0 ? PlainWrapping.named(before, 1, false) : before.substring(0, known - 1) + text(d);
            require(nameless || isBelow(before), "path");
            paths[i] = new String(before.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
        final byte[] types = d.take(n);
        for (int i = 0; i < n; i++) {
            require(d.varint() <= 4095, "mode");
        }
        final long[] seconds = new long[n];
        long time = 0;
        for (int i = 0; i < n; i++) {
            final long number = d.varint();
            time += number >>> 1 ^ -(number & 1);
            require(Math.abs(time) <= 1L << 40, "seconds");
            seconds[i] = time;
        }
        final PlainWrapping.Bits bits = new PlainWrapping.Bits(d.take(d.varint()), 0);
        long nanos = 0;
        for (int i = 0; i < n; i++) {
            final int near = i > 0 && seconds[i] == seconds[i - 1] ? 1 : 0;
            if (bits.bit("OTHER", near) == 1) {
                nanos = near == 1 ? nanos + bits.change("NEAR") : bits.number("FAR");
            }
            require(nanos >= 0 && nanos < 1_000_000_000, "nanoseconds");
        }
        for (int i = 0; i < n; i++) {
            require(types[i] >= 0 && types[i] <= 2, "type");
            if (types[i] == 2) {
                final String target = text(d);
                require(!target.isEmpty(), "target");
                others.put(paths[i], "-> " + target);
            } else if (types[i] == 1) {
                others.put(paths[i], "folder");
            }
        }
        final long[] segments = new long[n];
        for (int i = 0; i < n; i++) {
            segments[i] = types[i] == 0 ? d.varint() : -1;
        }
        require(!nameless || n == 1 && types[0] == 0 && paths[0].isEmpty(), "a content without a name");
        byte[] latest = null;
        sum = 0;
        for (int i = 0; i < n; i++) {
            if (types[i] == 0) {
                latest = segments[i] == 0 ? latest : segments(segments[i] - 1, d, streams, 0);
                require(latest != null && nameless == paths[i].isEmpty(), "content");
                final byte[] former = files.put(paths[i], latest);
                if (nameless && former != null) {
                    files.put("", concat(former, latest));
                } else {
                    require(former == null, "a path that is there twice");
                }
            }
        }
        require(d.u32() == sum && d.left() == 0, "sum of CRCs, or bytes behind a directory");
        require(streams.stream().allMatch(s -> s.left() == 0), "bytes of a stream that no file has");
    }

    private static boolean isBelow(String path) {
        for (String name : path.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return false;
            }
        }
        return path.length() <= 1 << 15;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        final byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private byte[] segments(long n, Bytes d, List<Bytes> streams, int depth) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long left = n; left > 0; left--) {
            final long kind = d.varint();
            if (kind == 0) {
                final long times = d.varint();
                final int runs = (int) d.varint();
                require(times >= 2 && runs >= 1 && runs <= 64, "loop");
                final int start = d.position();
                for (long i = 0; i < times; i++) {
                    final Bytes body = new Bytes(d.range(start, start + d.left()));
                    for (int run = 0; run < runs; run++) {
                        final Bytes stream = streams.get((int) body.varint() - 2);
                        out.writeBytes(stream.take(positive(body)));
                    }
                    if (i == times - 1) {
                        d.take(body.position());
                    }
                }
            } else if (kind == 1) {
                require(depth < 8, "depth");
                final long size = d.varint();
                final int wrapping = d.u8();
                final int crc = size >= 4096 ? d.u32() : 0;
                final byte[] data = streams.get(0).take(d.varint());
                final byte[] bytes =
                        PlainWrapping.restore(wrapping, size, data, segments(d.varint(), d, streams, depth + 1));
                require(size < 4096 || PlainDecoder.crc32c(bytes) == crc, "CRC of a wrapping");
                sum += size < 4096 ? PlainDecoder.crc32c(bytes) : 0;
                out.writeBytes(bytes);
            } else {
                out.writeBytes(streams.get((int) kind - 2).take(positive(d)));
            }
        }
        return out.toByteArray();
    }

    private static long positive(Bytes d) {
        final long length = d.varint();
        require(length > 0, "a run of no bytes");
        return length;
    }

    private static String text(Bytes d) {
        final StringBuilder text = new StringBuilder();
        for (int b = d.u8(); b != 0; b = d.u8()) {
            text.append((char) b);
        }
        return text.toString();
    }
}
