package org.bbans;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/**
 * Restores wrapped files as "Kinds of wrapping" in FORMAT.md says, from that document alone and with plain loops; a
 * part of {@link PlainDecoder}.
 */
final class PlainWrapping {

    private PlainWrapping() {}

    /** The file from which the content was unwrapped. */
    static byte[] restore(int kind, long size, int crc, byte[] wrapping, byte[] content) {
        final byte[] file = restore(kind, size, wrapping, content);
        require(PlainDecoder.crc32c(file) == crc, "CRC of the restored file");
        return file;
    }

    /** Without a CRC. */
    static byte[] restore(int kind, long size, byte[] wrapping, byte[] content) {
        final PlainDecoder.Bytes in = new PlainDecoder.Bytes(wrapping);
        if (kind > 7 || kind < 1) {
            throw PlainDecoder.unsupported("kind of wrapping " + kind);
        }
        final byte[] file = kind == 1 ? gzip(in, size, content) : kind == 2 ? png(in, size, content)
                : kind == 3 ? new Recipe(in.take(in.left()), size, content).restore()
                        : kind == 4 ? tar(new Bits(wrapping, 0), content)
                                : kind == 5 ? ranked(in, content) : kind == 6 ? table(in, content) : tiff(in, content);
        require(file.length == size, "size of the restored file");
        return file;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw PlainDecoder.damaged(what);
        }
    }

    // ---------------------------------------------------------------- "Ranked arrays"

    private static byte[] ranked(PlainDecoder.Bytes in, byte[] content) {
        final int type = in.u8();
        final int bytes = type & 15;
        final int form = type >> 5;
        require((bytes == 2 || bytes == 4 || bytes == 8) && form <= 2, "bytes of a number");
        final long last = in.varint();
        require(last < (form == 0 ? 256 : 65_536), "number of values");
        final int n = (int) last + 1;
        final long before = in.varint();
        final long behind = in.varint();
        require(before <= 65_536 && behind <= 65_536, "bytes around the numbers");
        final byte[] unpacked = PlainDecoder.lzma2(in.take(in.left()), (int) (n * bytes + before + behind), false);
        final byte[][] table = new byte[n][bytes];
        long value = 0;
        for (int i = 0; i < n; i++) {
            long difference = 0;
            for (int run = 0; run < bytes; run++) {
                difference = difference * 256 + (unpacked[run * n + i] & 0xff);
            }
            value += difference;
            for (int b = 0; b < bytes; b++) {
                table[i][(type & 16) != 0 ? bytes - 1 - b : b] = (byte) (value >>> 8 * b);
            }
        }
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(unpacked, n * bytes, (int) before);
        final PlainDecoder.Bytes array = new PlainDecoder.Bytes(content);
        array.take(8);
        array.take(array.u16());
        final byte[] ranks = array.take(array.left());
        final int each = form == 0 ? 1 : 2;
        require(ranks.length % each == 0, "half a rank");
        for (int i = 0; i < ranks.length / each; i++) {
            final int block = i / 65_536 * 65_536;
            final int size = Math.min(65_536, ranks.length / each - block);
            final int low = form == 2 ? block + i : each * i;
            final int high = form == 2 ? low + size : low + 1;
            final int rank = (ranks[low] & 0xff) + (form == 0 ? 0 : (ranks[high] & 0xff) * 256);
            require(rank < n, "rank of a value");
            out.writeBytes(table[rank]);
        }
        out.write(unpacked, unpacked.length - (int) behind, (int) behind);
        return out.toByteArray();
    }

    // ---------------------------------------------------------------- "Tables of integers"

    private static byte[] table(PlainDecoder.Bytes in, byte[] content) {
        final int separator = in.u8();
        final int flags = in.u8();
        require(flags <= 3, "line ends");
        final long rows = in.varint();
        final long front = in.varint();
        final long samples = in.varint();
        final long behind = in.varint();
        require(front <= 255 && behind <= 255 - front && samples >= 1 && samples <= 1 << 20, "columns");
        final int others = (int) (front + behind);
        final int[] bytes = new int[1 + others];
        final long[] base = new long[1 + others];
        int prefix = 0;
        for (int i = 0; i <= others; i++) {
            bytes[i] = in.u8();
            require(bytes[i] == 1 || bytes[i] == 2 || i > 0 && (bytes[i] == 4 || bytes[i] == 8), "bytes of a column");
            final long x = in.varint();
            base[i] = x % 2 == 0 ? x / 2 : -(x / 2) - 1;
            prefix += i == 0 ? 0 : bytes[i];
        }
        require(prefix <= 255, "bytes of other columns");
        final long header = in.varint();
        require(header <= 1 << 20, "size of the header");
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PlainDecoder.lzma2(in.take(in.left()), (int) header, false));
        final PlainDecoder.Bytes array = new PlainDecoder.Bytes(content);
        array.take(8);
        array.take(array.u16());
        for (long r = 0; r < rows; r++) {
            final long[] numbers = new long[others + (int) samples];
            for (int i = 0; i < numbers.length; i++) {
                final int column = i < others ? 1 + i : 0;
                final byte[] stored = array.take(bytes[column]);
                for (int b = stored.length - 1; b >= 0; b--) {
                    numbers[i] = numbers[i] * 256 + (stored[b] & 0xff);
                }
                numbers[i] += base[column];
            }
            final StringBuilder row = new StringBuilder();
            for (int i = 0; i < numbers.length; i++) {
                final int place = i < front ? i : i < front + samples ? i - (int) front + others : i - (int) samples;
                row.append(i == 0 ? "" : (char) separator).append(numbers[place]);
            }
            if (r < rows - 1 || (flags & 2) == 0) {
                row.append((flags & 1) != 0 ? "\r\n" : "\n");
            }
            out.writeBytes(row.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        require(array.left() == 0, "size of the content");
        return out.toByteArray();
    }

    // ---------------------------------------------------------------- "TIFF"

    /** An image of a TIFF file. */
    private record Strips(int bits, boolean planes, boolean signed, boolean differences, int w, int h, int c, int r,
            int t) {

        int together() {
            return planes ? 1 : c;
        }

        int across() {
            return w / t;
        }

        int ofPlane() {
            return (h + r - 1) / r * across();
        }

        int count() {
            return ofPlane() * (planes ? c : 1);
        }

        long plain() {
            return (long) h * across() * (planes ? c : 1) * ((t * (long) together() * bits + 7) / 8);
        }

        int bytes() {
            return bits == 16 ? 2 : 1;
        }
    }

    private static byte[] tiff(PlainDecoder.Bytes in, byte[] content) {
        final int flags = in.u8();
        require(flags <= 15 && (flags & 10) != 8, "flags");
        final boolean big = (flags & 1) != 0;
        final boolean lzw = (flags & 2) != 0;
        final byte[] zlib = in.take(lzw ? 0 : 2);
        final long n = in.varint();
        require(n >= 1 && n <= 65_536, "number of images");
        final List<Strips> images = new ArrayList<>();
        long strips = 0;
        long plain = 0;
        for (int i = 0; i < n; i++) {
            images.add(strips(in, i == 0 ? null : images.get(i - 1)));
            strips += images.get(i).count();
            plain += images.get(i).plain();
        }
        require(strips <= 1 << 20 && plain <= 1 << 30, "number of strips or their bytes");
        final long tables = in.varint();
        require(tables <= 2 * n, "number of tables");
        // For each number in a table: where it is, its bytes, the strip, whether it is a size.
        final List<long[]> numbers = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < tables; i++) {
            end += in.varint();
            final long count = in.varint();
            final long first = in.varint();
            final int kind = in.u8();
            require(kind <= 7 && kind % 4 != 0, "kind of a table");
            require(count > 0 && first <= strips && count <= strips - first && end <= 1 << 23, "numbers of a table");
            for (long k = 0; k < count; k++) {
                numbers.add(new long[] {end, 1 << kind % 4, first + k, kind / 4});
                end += 1 << kind % 4;
            }
        }
        final Bits gaps = new Bits(in.take(in.varint()), 0);
        final long keptSize = in.varint();
        require(keptSize <= 1 << 23 && end <= keptSize, "number of kept bytes");
        final byte[] kept = (flags & 4) == 0 ? in.take(keptSize)
                : PlainDecoder.lzma2(in.take(in.varint()), (int) keptSize, false);
        final byte[][] rows = rows(images, big, content);
        final Recipe recipe = lzw ? null : new Recipe(in.take(in.left()), rows);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final long[][] known = new long[2][rows.length];
        int used = 0;
        int number = 0;
        for (int i = 0; i <= rows.length; i++) {
            final int gap = i < rows.length ? gaps.number("GAPS") : kept.length - used;
            require(gap <= kept.length - used, "a gap");
            for (; number < numbers.size() && numbers.get(number)[0] < used + gap; number++) {
                final int at = (int) numbers.get(number)[0];
                final int bytes = (int) numbers.get(number)[1];
                final int strip = (int) numbers.get(number)[2];
                require(at + bytes <= used + gap && strip < i, "a number in a table");
                long value = known[(int) numbers.get(number)[3]][strip];
                for (int b = 0; b < bytes; b++) {
                    final int place = big ? at + bytes - 1 - b : at + b;
                    value += kept[place] & 255;
                    kept[place] = (byte) value;
                    value >>>= 8;
                }
            }
            out.write(kept, used, gap);
            used += gap;
            if (i < rows.length) {
                known[0][i] = out.size();
                if (lzw) {
                    out.writeBytes(lzw(rows[i], (flags & 8) != 0 ? 4096 : 4094));
                } else {
                    out.writeBytes(zlib);
                    out.writeBytes(recipe.next());
                    final Adler32 adler = new Adler32();
                    adler.update(rows[i]);
                    out.writeBytes(big((int) adler.getValue()));
                }
                known[1][i] = out.size() - known[0][i];
            }
        }
        return out.toByteArray();
    }

    private static Strips strips(PlainDecoder.Bytes in, Strips before) {
        final int form = in.u8();
        if (form == 0) {
            require(before != null, "an image like none");
            return before;
        }
        require(form < 128 && form % 8 >= 1 && form % 8 <= 5, "form of an image");
        final long w = below31(in);
        final long h = below31(in);
        final long c = below31(in);
        final long r = below31(in);
        final boolean tiles = (form & 8) != 0;
        final long t = tiles ? below31(in) : w;
        final int bits = 1 << form % 8 - 1;
        final long row = w * c * (bits == 16 ? 2 : 1);
        require(w >= 1 && h >= 1 && c >= 1 && c <= 8 && r >= 1 && r <= h && t >= 1 && w % t == 0
                && (!tiles || h % r == 0), "extents of an image");
        require(bits >= 8 || form < 32, "signs or differences of bits");
        require(row <= 1 << 24 && row * h <= 1 << 30 && ((form & 16) == 0 || row * h <= 1 << 26)
                && (!tiles || row * r <= 1 << 26), "size of an image");
        require((h + r - 1) / r * (w / t) * c <= 1 << 23, "number of strips");
        return new Strips(bits, (form & 16) != 0, (form & 32) != 0, (form & 64) != 0, (int) w, (int) h, (int) c,
                (int) r, (int) t);
    }

    /** The bytes of each strip. */
    private static byte[][] rows(List<Strips> images, boolean big, byte[] content) {
        final List<byte[]> all = new ArrayList<>();
        int at = 0;
        for (Strips image : images) {
            final int m = (1 << image.bits()) - 1;
            final String header = image.c() == 1 || image.c() == 3
                    ? (image.c() == 1 ? "P5\n" : "P6\n") + image.w() + " " + image.h() + "\n" + m + "\n"
                    : "P7\nWIDTH " + image.w() + "\nHEIGHT " + image.h() + "\nDEPTH " + image.c() + "\nMAXVAL " + m
                            + "\nENDHDR\n";
            final long size = (long) image.w() * image.h() * image.c() * image.bytes();
            require(content.length - at - header.length() >= size, "size of the content");
            require(header.equals(new String(content, at, header.length(), StandardCharsets.ISO_8859_1)),
                    "header of an image");
            at += header.length();
            for (int strip = 0; strip < image.count(); strip++) {
                all.add(strip(image, strip, big, content, at));
            }
            at += (int) size;
        }
        require(at == content.length, "size of the content");
        return all.toArray(byte[][]::new);
    }

    private static byte[] strip(Strips image, int strip, boolean big, byte[] content, int start) {
        final int plane = strip / image.ofPlane();
        final int top = strip % image.ofPlane() / image.across() * image.r();
        final int left = strip % image.across() * image.t();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int y = top; y < Math.min(image.h(), top + image.r()); y++) {
            int filling = 0;
            int filled = 0;
            for (int x = left; x < left + image.t(); x++) {
                for (int k = 0; k < image.together(); k++) {
                    final int channel = image.planes() ? plane : k;
                    int value = sample(image, content, start, x, y, channel);
                    if (image.differences() && x > left) {
                        value -= sample(image, content, start, x - 1, y, channel);
                    }
                    if (image.bits() == 16) {
                        out.write(big ? value >> 8 : value);
                        out.write(big ? value : value >> 8);
                    } else if (image.bits() == 8) {
                        out.write(value);
                    } else {
                        filling = filling << image.bits() | value;
                        filled += image.bits();
                        if (filled == 8) {
                            out.write(filling);
                            filling = 0;
                            filled = 0;
                        }
                    }
                }
            }
            if (filled > 0) {
                out.write(filling << 8 - filled);
            }
        }
        return out.toByteArray();
    }

    private static int sample(Strips image, byte[] content, int start, int x, int y, int channel) {
        final int at = start + ((y * image.w() + x) * image.c() + channel) * image.bytes();
        final int value = image.bits() == 16 ? (content[at] & 255) * 256 + (content[at + 1] & 255) : content[at] & 255;
        require(value < 1 << image.bits(), "a sample that is too great");
        return image.signed() ? value - (1 << image.bits() - 1) : value;
    }

    private static byte[] lzw(byte[] bytes, int full) {
        return new Lzw(full).of(bytes);
    }

    /** The procedure in FORMAT.md. */
    private static final class Lzw {

        private final int full;
        private final StringBuilder written = new StringBuilder();
        private final Map<List<Integer>, Integer> table = new HashMap<>();
        private int bits = 9;
        private int free = 258;
        private long in;
        private long out;
        private long ratio;

        Lzw(int full) {
            this.full = full;
        }

        byte[] of(byte[] bytes) {
            long check = 10_000;
            int entry = bytes[0] & 255;
            in = 1;
            put(256);
            for (int i = 1; i < bytes.length; i++) {
                final int x = bytes[i] & 255;
                in++;
                final Integer longer = table.get(List.of(entry, x));
                if (longer != null) {
                    entry = longer;
                    continue;
                }
                put(entry);
                table.put(List.of(entry, x), free++);
                entry = x;
                if (free == full) {
                    clear();
                } else if (free == 1 << bits) {
                    bits++;
                } else if (full == 4094 && in >= check) {
                    check = in + 10_000;
                    final long now = in > 0x7fffff ? out < 256 ? 0x7fffffff : in / (out >> 8) : (in << 8) / out;
                    if (now <= ratio) {
                        clear();
                    } else {
                        ratio = now;
                    }
                }
            }
            put(entry);
            free++;
            if (free == full) {
                put(256);
                bits = 9;
            } else if (free == 1 << bits) {
                bits++;
            }
            put(257);
            final byte[] packed = new byte[(written.length() + 7) / 8];
            for (int i = 0; i < written.length(); i++) {
                packed[i / 8] |= (byte) (written.charAt(i) - '0' << 7 - i % 8);
            }
            return packed;
        }

        private void clear() {
            in = 0;
            out = 0;
            ratio = 0;
            put(256);
            bits = 9;
            free = 258;
            table.clear();
        }

        private void put(int code) {
            for (int i = bits - 1; i >= 0; i--) {
                written.append((char) ('0' + (code >> i & 1)));
            }
            out += bits;
        }
    }

    // ---------------------------------------------------------------- "Gzip"

    private static byte[] gzip(PlainDecoder.Bytes in, long size, byte[] content) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final int headerSize = in.u16();
        final long recipeSize = in.u32() & 0xffffffffL;
        out.writeBytes(in.take(headerSize));
        final byte[] recipe = in.take(recipeSize);
        out.writeBytes(new Recipe(recipe, size - headerSize - 8 - in.left(), content).restore());
        final CRC32 crc = new CRC32();
        crc.update(content);
        for (int value : new int[] {(int) crc.getValue(), content.length}) {
            for (int i = 0; i < 4; i++) {
                out.write(value >>> 8 * i);
            }
        }
        out.writeBytes(in.take(in.left()));
        return out.toByteArray();
    }

    // ---------------------------------------------------------------- "PNG"

    private static byte[] png(PlainDecoder.Bytes in, long size, byte[] content) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final int depth = in.u8();
        final int type = in.u8();
        final int interlace = in.u8();
        require(interlace <= 1, "interlace method");
        final String depths = switch (type) {
            case 0 -> " 1 2 4 8 16 ";
            case 3 -> " 1 2 4 8 ";
            case 2, 4, 6 -> " 8 16 ";
            default -> "";
        };
        require(depths.contains(" " + depth + " "), "depth or colour type");
        final long width = below31(in);
        final long height = below31(in);
        final int channels = type == 2 ? 3 : type == 4 ? 2 : type == 6 ? 4 : 1;
        final long rowBytes = width * channels * (depth == 16 ? 2 : 1);
        require(width > 0 && height > 0 && rowBytes <= 1 << 24
                && rowBytes * height <= (interlace == 1 ? 1 << 26 : 1 << 30), "size of the image");
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        final ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(big((int) width));
        header.writeBytes(big((int) height));
        header.writeBytes(new byte[] {(byte) depth, (byte) type, 0, 0, (byte) interlace});
        chunk(out, "IHDR".getBytes(StandardCharsets.US_ASCII), header.toByteArray());
        // Bytes of the file, and in their places the images.
        final List<Object> pieces = new ArrayList<>();
        final byte[][] control = new byte[1][];
        require(!keptChunks(in, out, control), "a frame before the first image");
        final List<PngImage> images = new ArrayList<>();
        images.add(new PngImage(in, (int) width, (int) height, false, 0));
        pieces.add(images.get(0));
        ByteArrayOutputStream later = new ByteArrayOutputStream();
        pieces.add(later);
        while (keptChunks(in, later, control)) {
            require(control[0] != null && images.size() < 65_536, "a frame without an fcTL chunk");
            images.add(new PngImage(in, big(control[0], 4), big(control[0], 8), true, big(control[0], 0) + 1));
            pieces.add(images.get(images.size() - 1));
            later = new ByteArrayOutputStream();
            pieces.add(later);
        }
        final byte[] trailing = in.take(below31(in));
        final byte[] filters = in.take(below31(in));
        final byte[] recipe = in.take(in.left());
        final byte[][] rows = new byte[images.size()][];
        final Bits bits = new Bits(filters, 0);
        final int[] previous = {0};
        int start = 0;
        long plain = 0;
        for (int i = 0; i < rows.length; i++) {
            final PngImage image = images.get(i);
            final long row = (long) image.width * channels * (depth == 16 ? 2 : 1);
            require(image.width > 0 && image.height > 0 && row <= 1 << 24
                    && row * image.height <= (interlace == 1 ? 1 << 26 : 1 << 30), "size of an image");
            rows[i] = rows(image.width, image.height, depth, type, channels, interlace == 1, content, start, bits,
                    previous);
            start += (int) (netpbm(image.width, image.height, depth, type, channels).length() + row * image.height);
            plain += rows[i].length;
        }
        require(start == content.length && plain <= 1 << 30, "size of the content");
        long rest = size - out.size() - 12 - trailing.length;
        for (Object piece : pieces) {
            rest -= piece instanceof PngImage image ? image.fileBytes() : ((ByteArrayOutputStream) piece).size();
        }
        images.get(0).total = rest - 12 * (images.get(0).sizes.isEmpty() ? images.get(0).usual == 0 ? 1
                : (rest + images.get(0).usual + 11) / (images.get(0).usual + 12) : images.get(0).sizes.size());
        final Recipe streams = new Recipe(recipe, rows);
        int number = 0;
        for (Object piece : pieces) {
            if (piece instanceof PngImage image) {
                image.write(out, streams.next(), rows[number++]);
            } else {
                out.writeBytes(((ByteArrayOutputStream) piece).toByteArray());
            }
        }
        chunk(out, "IEND".getBytes(StandardCharsets.US_ASCII), new byte[0]);
        out.writeBytes(trailing);
        return out.toByteArray();
    }

    /** An image of a PNG file, but for its rows. */
    private static final class PngImage {

        private final int width;
        private final int height;
        /** Of the first fdAT chunk. */
        private final int number;
        private final boolean isFrame;
        private final List<Long> sizes = new ArrayList<>();
        private final long usual;
        private final byte[] zlib;
        private final byte[] behind;
        private long total;

        PngImage(PlainDecoder.Bytes in, int width, int height, boolean isFrame, int number) {
            this.width = width;
            this.height = height;
            this.number = number;
            this.isFrame = isFrame;
            final long n = below31(in);
            for (long i = 0; i < n; i++) {
                sizes.add(below31(in));
            }
            usual = n == 0 ? below31(in) : 0;
            total = n == 0 && isFrame ? below31(in) : sizes.stream().mapToLong(s -> s).sum();
            zlib = in.take(2);
            behind = in.take(below31(in));
        }

        /** Bytes of a frame's chunks; 0 for IDAT chunks, whose size is what is left. */
        long fileBytes() {
            final long chunks = !sizes.isEmpty() ? sizes.size() : usual == 0 ? 1 : (total + usual - 1) / usual;
            return !isFrame ? 0 : total + 16 * chunks;
        }

        void write(ByteArrayOutputStream out, byte[] deflated, byte[] rows) {
            final ByteArrayOutputStream stream = new ByteArrayOutputStream();
            stream.writeBytes(zlib);
            stream.writeBytes(deflated);
            final Adler32 adler = new Adler32();
            adler.update(rows);
            stream.writeBytes(big((int) adler.getValue()));
            stream.writeBytes(behind);
            require(stream.size() == total, "size of a stream");
            if (sizes.isEmpty()) {
                for (long left = total; left > 0; left -= sizes.get(sizes.size() - 1)) {
                    sizes.add(usual == 0 ? left : Math.min(left, usual));
                }
            }
            require(sizes.stream().mapToLong(s -> s).sum() == total, "sizes of the chunks");
            int at = 0;
            for (int i = 0; i < sizes.size(); i++) {
                final ByteArrayOutputStream data = new ByteArrayOutputStream();
                if (isFrame) {
                    data.writeBytes(big(number + i));
                }
                data.write(stream.toByteArray(), at, (int) (long) sizes.get(i));
                chunk(out, (isFrame ? "fdAT" : "IDAT").getBytes(StandardCharsets.US_ASCII), data.toByteArray());
                at += (int) (long) sizes.get(i);
            }
        }
    }

    private static String netpbm(int width, int height, int depth, int type, int channels) {
        final int most = (1 << depth) - 1;
        return switch (type) {
            case 4, 6 -> "P7\nWIDTH " + width + "\nHEIGHT " + height + "\nDEPTH " + channels + "\nMAXVAL " + most
                    + "\nTUPLTYPE " + (type == 4 ? "GRAYSCALE_ALPHA" : "RGB_ALPHA") + "\nENDHDR\n";
            case 2 -> "P6\n" + width + " " + height + "\n" + most + "\n";
            default -> "P5\n" + width + " " + height + "\n" + most + "\n";
        };
    }

    private static long below31(PlainDecoder.Bytes in) {
        final long value = in.varint();
        require(value < 1L << 31, "a size of 2^31 or more");
        return value;
    }

    private static byte[] big(int value) {
        return new byte[] {(byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
    }

    private static int big(byte[] bytes, int at) {
        return (bytes[at] & 255) << 24 | (bytes[at + 1] & 255) << 16 | (bytes[at + 2] & 255) << 8 | bytes[at + 3] & 255;
    }

    /** Takes chunks up to the end of their list, or to one that stands for a frame; keeps the last fcTL's data. */
    private static boolean keptChunks(PlainDecoder.Bytes in, ByteArrayOutputStream out, byte[][] control) {
        for (long length = below31(in); length > 0; length = below31(in)) {
            final byte[] type = in.take(4);
            final String name = new String(type, StandardCharsets.ISO_8859_1);
            if (name.equals("fdAT") && length == 1) {
                return true;
            }
            final byte[] data = in.take(length - 1);
            control[0] = name.equals("fcTL") && data.length >= 12 ? data : control[0];
            chunk(out, type, data);
        }
        return false;
    }

    private static void chunk(ByteArrayOutputStream out, byte[] type, byte[] data) {
        final CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(data);
        out.writeBytes(big(data.length));
        out.writeBytes(type);
        out.writeBytes(data);
        out.writeBytes(big((int) crc.getValue()));
    }

    /** The plain bytes: the filtered rows of all passes. */
    private static byte[] rows(int width, int height, int depth, int type, int channels, boolean interlaced,
            byte[] content, int from, Bits bits, int[] previous) {
        final int most = (1 << depth) - 1;
        final String header = netpbm(width, height, depth, type, channels);
        final int start = from + header.length();
        final int pixelBytes = channels * (depth == 16 ? 2 : 1);
        require(content.length >= start + (long) width * height * pixelBytes, "size of the content");
        require(header.equals(new String(content, from, header.length(), StandardCharsets.ISO_8859_1)),
                "header of the image");
        final int[][] passes = !interlaced ? new int[][] {{0, 0, 1, 1}} : new int[][] {{0, 0, 8, 8}, {4, 0, 8, 8},
            {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int[] pass : passes) {
            byte[] above = null;
            for (int y = pass[1]; y < height && pass[0] < width; y += pass[3]) {
                final ByteArrayOutputStream packed = new ByteArrayOutputStream();
                int free = 8;
                int last = 0;
                for (int x = pass[0]; x < width; x += pass[2]) {
                    for (int i = 0; i < pixelBytes; i++) {
                        final int value = content[start + (y * width + x) * pixelBytes + i] & 255;
                        require(depth >= 8 || value <= most, "a sample that is too great");
                        free -= Math.min(depth, 8);
                        last |= value << free;
                        if (free == 0) {
                            packed.write(last);
                            free = 8;
                            last = 0;
                        }
                    }
                }
                if (free < 8) {
                    packed.write(last);
                }
                final byte[] row = packed.toByteArray();
                if (above == null) {
                    above = new byte[row.length];
                }
                final byte[][] filtered = new byte[5][];
                int expected = 0;
                long least = Long.MAX_VALUE;
                for (int f = 0; f < 5; f++) {
                    filtered[f] = filtered(f, row, above, Math.max(1, channels * depth / 8));
                    long sum = 0;
                    for (byte b : filtered[f]) {
                        sum += Math.abs(b);
                    }
                    if (sum < least) {
                        least = sum;
                        expected = f;
                    }
                }
                final int filter = bits.tree("FILTERS" + expected, 8 * (5 * previous[0] + expected), 3);
                require(filter <= 4, "filter of a row");
                out.write(filter);
                out.writeBytes(filtered[filter]);
                previous[0] = filter;
                above = row;
            }
        }
        return out.toByteArray();
    }

    /** A row as PNG filters it. */
    private static byte[] filtered(int filter, byte[] row, byte[] above, int step) {
        final byte[] out = new byte[row.length];
        for (int i = 0; i < row.length; i++) {
            final int left = i >= step ? row[i - step] & 255 : 0;
            final int up = above[i] & 255;
            final int corner = i >= step ? above[i - step] & 255 : 0;
            final int p = left + up - corner;
            final int nearest = Math.min(Math.abs(p - left), Math.min(Math.abs(p - up), Math.abs(p - corner)));
            out[i] = (byte) (row[i] - switch (filter) {
                case 1 -> left;
                case 2 -> up;
                case 3 -> (left + up) / 2;
                case 4 -> nearest == Math.abs(p - left) ? left : nearest == Math.abs(p - up) ? up : corner;
                default -> 0;
            });
        }
        return out;
    }

    // ---------------------------------------------------------------- "Tar headers"

    private static byte[] tar(Bits bits, byte[] content) {
        final byte[] out = content.clone();
        final List<String> names = new ArrayList<>();
        final long[] last = new long[2];
        int kind = 0;
        int at = 0;
        while (at + 512 <= out.length) {
            final byte[] header = Arrays.copyOfRange(out, at, at + 512);
            if (Arrays.equals(header, new byte[512])) {
                at += 512;
                continue;
            }
            kind = bits.tree("KIND", 8 * kind, 3);
            require(kind <= 5, "kind of a name");
            if (kind > 0) {
                final int back = kind == 5 ? 1 : kind;
                final String name = back > names.size() ? "" : names.get(names.size() - back);
                final long change = kind == 5 ? bits.change("NUMBER") : 1;
                final byte[] next = named(name, change, kind == 5).getBytes(StandardCharsets.ISO_8859_1);
                require(next.length <= 100, "length of a name");
                System.arraycopy(Arrays.copyOf(next, 100), 0, header, 0, 100);
            }
            names.add(new String(header, 0, 100, StandardCharsets.ISO_8859_1).split("\0", -1)[0]);
            for (int field = 0; field < 2; field++) {
                if (bits.bit("REGULAR", 2 * field) == 0) {
                    last[field] += bits.bit("REGULAR", 2 * field + 1) == 0 ? 0
                            : bits.change(field == 0 ? "SIZE" : "TIME");
                    for (int i = 0; i < 11; i++) {
                        header[124 + 12 * field + i] = (byte) (last[field] >> 3 * (10 - i) & 7 | '0');
                    }
                }
            }
            int sum = 8 * ' ';
            for (int i = 0; i < 512; i++) {
                sum += i >= 148 && i < 156 ? 0 : header[i] & 255;
            }
            final String digits = String.format("%06o\0 ", sum);
            for (int i = 0; i < 8; i++) {
                header[148 + i] ^= (byte) digits.charAt(i);
            }
            System.arraycopy(header, 0, out, at, 512);
            at += 512;
            final long size = header[156] >= '1' && header[156] <= '6' ? 0 : tarSize(header);
            at = (int) Math.min(out.length, at + (size + 511) / 512 * 512);
        }
        return out;
    }

    private static long tarSize(byte[] header) {
        if (header[124] == -128) {
            final BigInteger size = new BigInteger(1, Arrays.copyOfRange(header, 125, 136));
            return size.bitLength() > 62 ? 0 : size.longValue();
        }
        final String field = new String(header, 124, 12, StandardCharsets.ISO_8859_1);
        final String digits = field.replaceAll("(?s)^ *([0-7]*).*", "$1");
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }

    /** A name with another number. */
    static String named(String name, long change, boolean sameDigits) {
        final int slash = name.lastIndexOf('/') + 1;
        final int dot = name.lastIndexOf('.');
        int end = dot >= slash ? dot : name.length();
        while (end > slash && !isDigit(name.charAt(end - 1))) {
            end--;
        }
        int start = end;
        while (start > slash && isDigit(name.charAt(start - 1))) {
            start--;
        }
        require(start < end && (!sameDigits || end - start <= 8), "number of a name");
        final BigInteger number = new BigInteger(name.substring(start, end)).add(BigInteger.valueOf(change));
        final String digits = String.format("%0" + (end - start) + "d", number);
        require(number.signum() >= 0 && (!sameDigits || digits.length() == end - start), "number of a name");
        return name.substring(0, start) + digits + name.substring(end);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    // ---------------------------------------------------------------- "Coded bits"

    static final class Bits {

        private final byte[] bytes;
        private int next;
        private long range = 0xffffffffL;
        private long code;
        private final Map<String, int[]> probability = new HashMap<>();
        private final Map<String, int[]> rate = new HashMap<>();

        Bits(byte[] bytes, int from) {
            this.bytes = bytes;
            next = from;
            for (int i = 0; i < 4; i++) {
                code = code << 8 | nextByte();
            }
        }

        private int nextByte() {
            return next < bytes.length ? bytes[next++] & 255 : 0;
        }

        private static int[] filled(int value) {
            final int[] all = new int[2048];
            Arrays.fill(all, value);
            return all;
        }

        /** The first probabilities of a family; those of filters where each number from 0 to 4 is expected. */
        private static int[] first(String family) {
            final int[] p = filled(1 << 15);
            switch (family) {
                case "USUAL", "HITS", "FOREIGN_HITS", "CODES" -> Arrays.fill(p, 2048);
                case "LAST" -> {
                    p[0] = 65536 - 2048;
                    p[1] = 2048;
                }
                case "PADDING" -> p[0] = 65536 - 2048;
                default -> {
                    for (int c = 0; family.startsWith("FILTERS") && c < 200; c += 8) {
                        final int expected = family.charAt(7) - '0';
                        p[c + 1] = expected < 4 ? 65536 - 2048 : 2048;
                        p[c + 2 + expected / 4] = expected % 4 < 2 ? 65536 - 2048 : 2048;
                        p[c + 4 + expected / 2] = expected % 2 == 0 ? 65536 - 2048 : 2048;
                    }
                }
            }
            return p;
        }

        private static int[] firstRate(String family) {
            final int[] r = first(family);
            Arrays.setAll(r, c -> r[c] == 1 << 15 ? 1 : 2);
            return r;
        }

        int bit(String family, int context) {
            final int[] p = probability.computeIfAbsent(family, Bits::first);
            final int[] r = rate.computeIfAbsent(family, Bits::firstRate);
            final long bound = (range >>> 16) * p[context];
            final int b = code >= bound ? 1 : 0;
            if (b == 0) {
                range = bound;
                p[context] += 65536 - p[context] >> r[context];
            } else {
                range -= bound;
                code -= bound;
                p[context] -= p[context] + (1 << r[context]) - 1 >> r[context];
            }
            p[context] = Math.max(32, Math.min(65504, p[context]));
            r[context] = Math.min(7, r[context] + 1);
            while (range < 1 << 24) {
                range <<= 8;
                code = (code << 8 | nextByte()) & 0xffffffffL;
            }
            return b;
        }

        int tree(String family, int context, int n) {
            int node = 1;
            for (int i = 0; i < n; i++) {
                node = 2 * node + bit(family, context + node);
            }
            return node - (1 << n);
        }

        long change(String family) {
            final int x = number(family);
            return x % 2 == 0 ? x / 2 : -(x + 1L) / 2;
        }

        int number(String family) {
            final int n = tree(family, 0, 5);
            int value = n == 0 ? 0 : 1;
            for (int i = n - 2; i >= 0; i--) {
                value = 2 * value + bit(family, 32 + i);
            }
            return value;
        }
    }

    // ---------------------------------------------------------------- "Recipes of DEFLATE streams"

    private static final class Recipe {

        private static final int GREEDY = 0;
        private static final int FILTERED = 2;
        private static final int RUNS = 3;
        private static final int[][] BOUNDS = {{4, 4, 4, 4, 8, 8, 8, 32, 32}, {4, 5, 6, 4, 16, 16, 32, 128, 258},
            {8, 16, 32, 16, 32, 128, 128, 258, 258}, {4, 8, 32, 16, 32, 128, 256, 1024, 4096}};
        private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

        private byte[] plain;
        private final Bits bits;
        private final int search;
        private final boolean foreign;
        private final int good;
        private final int lazy;
        private final int nice;
        private final int chain;
        private final int hashBits;
        private final int window;
        private final int full;
        private long size;
        private final int[] head;
        private final int[] prev;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int lastByte;
        private int filledBits;

        private int place;
        private int entered;
        private int deferred = 2;
        private int history;
        /** Result of the last search, and the length at the place that was predicted for. */
        private int length;
        private int distance;
        private int here;
        private int type;
        private int stored;
        /** The plain bytes of all streams, and how many of these have been made. */
        private final byte[][] all;
        private int made;

        Recipe(byte[] recipe, byte[][] all) {
            this(recipe, Long.MAX_VALUE, new byte[0], all);
            require(Arrays.stream(all).mapToLong(a -> a.length).sum() <= 1 << 30, "plain bytes of streams");
        }

        Recipe(byte[] recipe, long size, byte[] plain) {
            this(recipe, size, plain, null);
        }

        private Recipe(byte[] recipe, long size, byte[] plain, byte[][] all) {
            this.size = size;
            this.all = all;
            final PlainDecoder.Bytes in = new PlainDecoder.Bytes(recipe);
            this.plain = plain;
            final int kind = in.u8();
            foreign = (kind & 8) != 0;
            search = kind & ~8;
            final int level = in.u8();
            hashBits = in.u8();
            final int windowBits = in.u8();
            final int symbolBits = in.u8();
            require(search <= 4 && level >= 1 && level <= 9 && (search != GREEDY || level < 4)
                    && (search != 1 && search != FILTERED || level >= 4) && hashBits >= 8 && hashBits <= 16
                    && windowBits >= 9 && windowBits <= 15 && symbolBits >= 7 && symbolBits <= 20 && size >= 0
                    && plain.length <= 1 << 30, "a recipe's encoder");
            good = BOUNDS[0][level - 1];
            lazy = BOUNDS[1][level - 1];
            nice = BOUNDS[2][level - 1];
            chain = BOUNDS[3][level - 1];
            window = 1 << windowBits;
            full = (1 << symbolBits) - 1;
            head = new int[1 << hashBits];
            prev = new int[window];
            bits = new Bits(recipe, in.position());
        }

        /** The next of several streams. */
        byte[] next() {
            plain = all[made++];
            Arrays.fill(head, 0);
            Arrays.fill(prev, 0);
            place = 0;
            entered = 0;
            deferred = 2;
            out.reset();
            return restore();
        }

        byte[] restore() {
            boolean last = false;
            while (!last) {
                type = bits.tree("TYPE", 4 * type, 2);
                require(type < 3, "type of a block");
                int padding = 0;
                final List<int[]> tokens = new ArrayList<>();
                if (type == 0) {
                    if (bits.bit("USUAL", 1) == 0) {
                        stored = bits.number("SIZES");
                        require(stored <= 65535, "size of a stored block");
                    }
                    padding = padding();
                    require(stored <= plain.length - place, "stored bytes that are not there");
                    last = bits.bit("LAST", stored < 1024 && plain.length - place == stored ? 1 : 0) == 1;
                } else {
                    final boolean usual = bits.bit("USUAL", 0) == 1;
                    final int count = usual ? full : bits.number("COUNTS");
                    require(count <= 1 << 24, "number of tokens");
                    while (tokens.size() < count && !(usual && place == plain.length)) {
                        tokens.add(token());
                    }
                    last = bits.bit("LAST", place == plain.length ? 1 : 0) == 1;
                }
                put(last ? 1 : 0, 1);
                put(type, 2);
                if (type == 0) {
                    fill(padding);
                    put(stored, 16);
                    put(~stored & 0xffff, 16);
                    for (int i = 0; i < stored; i++) {
                        put(plain[place + i] & 255, 8);
                    }
                    enter(place + stored - 1);
                    place += stored;
                    deferred = 2;
                } else if (type == 1) {
                    final int[] literals = new int[288];
                    for (int i = 0; i < 288; i++) {
                        literals[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
                    }
                    final int[] distances = new int[32];
                    Arrays.fill(distances, 5);
                    write(tokens, words(literals), literals, words(distances), distances);
                } else {
                    dynamic(tokens);
                }
                require(out.size() <= 65536 + 64L * place && out.size() <= size, "a stream that is too long");
            }
            fill(padding());
            require(place == plain.length && (all != null || out.size() == size), "size of a stream");
            return out.toByteArray();
        }

        private int padding() {
            return bits.bit("PADDING", 0) == 1 ? bits.tree("PADDING", 2, 7) : 0;
        }

        private void put(int value, int n) {
            for (int i = 0; i < n; i++) {
                lastByte |= (value >>> i & 1) << filledBits;
                if (++filledBits == 8) {
                    out.write(lastByte);
                    lastByte = 0;
                    filledBits = 0;
                }
            }
        }

        private void fill(int padding) {
            final int n = 8 - filledBits & 7;
            require(padding >>> n == 0, "bits that fill a byte");
            put(padding, n);
        }

        // "Tokens": {byte} or {length, distance}

        private int[] token() {
            require(place < plain.length, "a token behind the plain bytes");
            final int[] literal = {plain[place] & 255};
            final int[] predicted = predict();
            final int[] token = foreign ? foreign(predicted, literal) : related(predicted, literal);
            if (token.length == 1) {
                deferred = here > 2 && here < lazy ? here : 2;
                place++;
            } else {
                require(token[1] <= place && token[0] <= plain.length - place && token[1] <= 32768
                        && equal(place - token[1], place) >= token[0], "a match that does not match");
                if (search == GREEDY && token[0] > lazy) {
                    entered = place + token[0];
                }
                deferred = 2;
                place += token[0];
            }
            return token;
        }

        private int[] related(int[] predicted, int[] literal) {
            final int m = predicted == null ? 0 : 1;
            final int hit = bits.bit("HITS", 16 * (16 * m + history) + (m == 1 ? Math.min(predicted[0], 15) : 0));
            history = (2 * history + 1 - hit) % 16;
            if (hit == 1) {
                return m == 1 ? predicted : literal;
            }
            return m == 1 && bits.bit("KINDS", 0) == 0 ? literal : match(predicted);
        }

        private int[] foreign(int[] predicted, int[] literal) {
            final int[] sources = sources(3);
            int most = 2;
            int near = 0;
            for (int source : sources) {
                if (equal(source, place) > most) {
                    most = equal(source, place);
                    near = place - source;
                }
            }
            final int m = predicted == null ? 0 : 1;
            final int r = m == 0 ? 0 : predicted[0] == most ? 1 : 2;
            final int distances = near <= 256 ? 0 : near <= 4096 ? 1 : near <= 8192 ? 2 : 3;
            final int hit = bits.bit("FOREIGN_HITS", 4 * (4 * (8 * r + lengths(most)) + distances) + history);
            history = (2 * history + 1 - hit) % 4;
            if (hit == 1) {
                return m == 1 ? predicted : literal;
            }
            if (m == 1 && bits.bit("FOREIGN_KINDS", 8 * lengths(most) + lengths(predicted[0])) == 0) {
                return literal;
            }
            final int n = most > 2 && bits.bit("LONGEST", 8 * r + lengths(most)) == 1 ? most
                    : 3 + bits.tree("FOREIGN_LENGTHS", 256 * lengths(most), 8);
            final int s = m == 1 && predicted[0] == n ? 1 : 0;
            final int k = bits.bit("NEAREST", 8 * s + lengths(n)) == 1 ? 0 : bits.tree("NEARER", 256 * s, 8);
            if (k == 255) {
                return new int[] {n, distance()};
            }
            final int[] candidates = sources(n);
            require(k < candidates.length, "a source that does not exist");
            return new int[] {n, place - candidates[k]};
        }

        /** Places from which at least so many bytes can be copied, the nearest first. */
        private int[] sources(int n) {
            return IntStream.iterate(place - 1, c -> c > 0 && place - c < 32_506, c -> c - 1)
                    .filter(c -> n <= plain.length - place && equal(c, place) >= n).toArray();
        }

        private static int lengths(int n) {
            return n == 2 ? 0 : n <= 5 ? n - 2 : n <= 7 ? 4 : n <= 15 ? 5 : n <= 257 ? 6 : 7;
        }

        private int[] match(int[] predicted) {
            final int m = predicted == null ? 0 : 1;
            final int n = 3 + bits.tree("LENGTHS", 256 * m, 8);
            if (m == 1 && bits.bit("SAME", 0) == 1) {
                return new int[] {n, predicted[1]};
            }
            return new int[] {n, distance()};
        }

        private int distance() {
            final int d = bits.tree("DISTANCES", 0, 5);
            require(d <= 29, "code of a distance");
            int extra = 0;
            for (int i = distanceExtra(d) - 1; i >= 0; i--) {
                extra = 2 * extra + bits.bit("DISTANCES", 32 + 16 * d + i);
            }
            return distanceBase(d) + extra;
        }

        // "Prediction"

        /** A match, or null for a literal. */
        private int[] predict() {
            here = 2;
            if (search >= RUNS) {
                final int n = search == RUNS && place > 0 ? equal(place - 1, place) : 0;
                return n < 3 ? null : new int[] {n, 1};
            }
            enter(place);
            if (search == GREEDY) {
                search(place, 2);
                return length < 3 ? null : new int[] {length, distance};
            }
            worth(place, deferred);
            here = length;
            if (length < 3) {
                return null;
            }
            final int[] found = {length, distance};
            if (length < lazy && plain.length - place > 1) {
                enter(place + 1);
                worth(place + 1, found[0]);
                if (length > found[0]) {
                    return null;
                }
            }
            return found;
        }

        /** Number of equal bytes from two places on, at most 258. */
        private int equal(int from, int at) {
            int n = 0;
            while (n < 258 && at + n < plain.length && plain[from + n] == plain[at + n]) {
                n++;
            }
            return n;
        }

        private void enter(int upTo) {
            while (search < RUNS && entered <= upTo) {
                final int p = entered++;
                if (plain.length - p >= 3) {
                    final int s = (hashBits + 2) / 3;
                    final int h = ((plain[p] & 255) << 2 * s ^ (plain[p + 1] & 255) << s ^ plain[p + 2] & 255)
                            & (1 << hashBits) - 1;
                    prev[p % window] = head[h];
                    head[h] = p;
                } else {
                    prev[p % window] = 0;
                }
            }
        }

        private void search(int p, int than) {
            final int farthest = window - 262;
            length = 2;
            int best = than;
            int c = prev[p % window];
            if (c == 0 || p - c > farthest) {
                return;
            }
            int left = than >= good ? chain / 4 : chain;
            do {
                final int n = equal(c, p);
                if (n > best) {
                    best = n;
                    length = n;
                    distance = p - c;
                    if (n >= Math.min(nice, plain.length - p)) {
                        return;
                    }
                }
                c = prev[c % window];
                left--;
            } while (c > Math.max(p - farthest, 0) && left != 0);
        }

        private void worth(int p, int than) {
            search(p, than);
            if (length <= 5 && (search == FILTERED || length == 3 && distance > 4096)) {
                length = 2;
            }
        }

        // "Codes"

        private void dynamic(List<int[]> tokens) {
            final int[] literalFreq = new int[286];
            final int[] distanceFreq = new int[30];
            literalFreq[256] = 1;
            for (int[] token : tokens) {
                if (token.length == 1) {
                    literalFreq[token[0]]++;
                } else {
                    literalFreq[257 + lengthCode(token[0])]++;
                    distanceFreq[distanceCode(token[1])]++;
                }
            }
            int[] literals = trimmed(build(literalFreq, 15), 1);
            int[] distances = trimmed(build(distanceFreq, 15), 1);
            final int[] predicted = Arrays.copyOf(literals, literals.length + distances.length);
            System.arraycopy(distances, 0, predicted, literals.length, distances.length);
            List<int[]> pieces = new ArrayList<>();
            runs(literals, pieces);
            runs(distances, pieces);
            final int[] pieceFreq = new int[19];
            pieces.forEach(piece -> pieceFreq[piece[0]]++);
            int[] runLengths = build(pieceFreq, 7);
            int written = 19;
            while (written > 4 && runLengths[ORDER[written - 1]] == 0) {
                written--;
            }
            if (bits.bit("CODES", 0) == 0) {
                literals = new int[257 + bits.tree("CODE_SIZES", 0, 5)];
                distances = new int[1 + bits.tree("CODE_SIZES", 32, 5)];
                require(literals.length <= 286 && distances.length <= 30, "number of code lengths");
                written = 4 + bits.tree("CODE_SIZES", 64, 4);
                runLengths = new int[19];
                for (int i = 0; i < written; i++) {
                    runLengths[ORDER[i]] = bits.tree("RUN_LENGTHS", 8 * ORDER[i], 3);
                }
                pieces = new ArrayList<>();
                final int[] all = new int[literals.length + distances.length];
                int n = 0;
                while (n < all.length) {
                    final int s = bits.tree("RUNS", 32 * (n < predicted.length ? predicted[n] : 16), 5);
                    require(s <= 18, "symbol of a code length");
                    final int extra =
                            s < 16 ? 0 : bits.tree("RUN_EXTRA", 128 * (s - 16), s == 16 ? 2 : s == 17 ? 3 : 7);
                    require(s != 16 || n > 0, "a repetition of nothing");
                    final int value = s < 16 ? s : s == 16 ? all[n - 1] : 0;
                    final int times = s < 16 ? 1 : extra + (s == 18 ? 11 : 3);
                    require(times <= all.length - n, "too many code lengths");
                    Arrays.fill(all, n, n + times, value);
                    n += times;
                    pieces.add(new int[] {s, extra});
                }
                literals = Arrays.copyOf(all, literals.length);
                distances = Arrays.copyOfRange(all, literals.length, all.length);
            }
            put(literals.length - 257, 5);
            put(distances.length - 1, 5);
            put(written - 4, 4);
            for (int i = 0; i < written; i++) {
                put(runLengths[ORDER[i]], 3);
            }
            final int[] runWords = words(runLengths);
            for (int[] piece : pieces) {
                word(piece[0], runWords, runLengths);
                put(piece[1], piece[0] < 16 ? 0 : piece[0] == 16 ? 2 : piece[0] == 17 ? 3 : 7);
            }
            write(tokens, words(literals), literals, words(distances), distances);
        }

        /** Without zeros at the end, but for so many lengths. */
        private static int[] trimmed(int[] lengths, int least) {
            int n = lengths.length;
            while (n > least && lengths[n - 1] == 0) {
                n--;
            }
            return Arrays.copyOf(lengths, n);
        }

        private static void runs(int[] lengths, List<int[]> pieces) {
            int before = -1;
            for (int at = 0; at < lengths.length;) {
                final int x = lengths[at];
                final int most = x == 0 ? 138 : x == before ? 6 : 7;
                int k = 1;
                while (k < most && at + k < lengths.length && lengths[at + k] == x) {
                    k++;
                }
                at += k;
                if (k < 3 || k < 4 && x != 0 && x != before) {
                    for (int i = 0; i < k; i++) {
                        pieces.add(new int[] {x, 0});
                    }
                } else if (x != 0) {
                    if (x != before) {
                        pieces.add(new int[] {x, 0});
                        k--;
                    }
                    pieces.add(new int[] {16, k - 3});
                } else {
                    pieces.add(k <= 10 ? new int[] {17, k - 3} : new int[] {18, k - 11});
                }
                before = x;
            }
        }

        private static int[] build(int[] frequencies, int limit) {
            final int symbols = frequencies.length;
            final int[] freq = Arrays.copyOf(frequencies, 2 * symbols + 1);
            final int[] depth = new int[2 * symbols + 1];
            final int[] parent = new int[2 * symbols + 1];
            final int[] heap = new int[2 * symbols + 1];
            final int[] length = new int[2 * symbols + 1];
            int n = 0;
            int max = -1;
            for (int s = 0; s < symbols; s++) {
                if (freq[s] > 0) {
                    heap[++n] = s;
                    max = s;
                }
            }
            while (n < 2) {
                final int s = max < 2 ? ++max : 0;
                heap[++n] = s;
                freq[s] = 1;
            }
            for (int k = n / 2; k >= 1; k--) {
                sift(k, heap, n, freq, depth);
            }
            int top = 2 * symbols + 1;
            for (int node = symbols; n >= 2; node++) {
                final int a = heap[1];
                heap[1] = heap[n--];
                sift(1, heap, n, freq, depth);
                final int b = heap[1];
                heap[--top] = a;
                heap[--top] = b;
                freq[node] = freq[a] + freq[b];
                depth[node] = Math.max(depth[a], depth[b]) + 1;
                parent[a] = node;
                parent[b] = node;
                heap[1] = node;
                sift(1, heap, n, freq, depth);
            }
            heap[--top] = heap[1];
            final int[] count = new int[limit + 1];
            int over = 0;
            for (int h = top + 1; h < 2 * symbols + 1; h++) {
                final int s = heap[h];
                length[s] = length[parent[s]] + 1;
                if (length[s] > limit) {
                    length[s] = limit;
                    over++;
                }
                if (s < symbols) {
                    count[length[s]]++;
                }
            }
            if (over > 0) {
                for (; over > 0; over -= 2) {
                    int b = limit - 1;
                    while (count[b] == 0) {
                        b--;
                    }
                    count[b]--;
                    count[b + 1] += 2;
                    count[limit]--;
                }
                int h = 2 * symbols + 1;
                for (int b = limit; b > 0; b--) {
                    for (int k = count[b]; k > 0;) {
                        final int s = heap[--h];
                        if (s < symbols) {
                            length[s] = b;
                            k--;
                        }
                    }
                }
            }
            return Arrays.copyOf(length, symbols);
        }

        private static void sift(int start, int[] heap, int n, int[] freq, int[] depth) {
            final int v = heap[start];
            int k = start;
            for (int j = 2 * k; j <= n; j *= 2) {
                if (j < n && less(heap[j + 1], heap[j], freq, depth)) {
                    j++;
                }
                if (less(v, heap[j], freq, depth)) {
                    break;
                }
                heap[k] = heap[j];
                k = j;
            }
            heap[k] = v;
        }

        private static boolean less(int x, int y, int[] freq, int[] depth) {
            return freq[x] < freq[y] || freq[x] == freq[y] && depth[x] <= depth[y];
        }

        // RFC 1951

        private static int distanceExtra(int code) {
            return code < 2 ? 0 : code / 2 - 1;
        }

        private static int distanceBase(int code) {
            return code < 2 ? code + 1 : (2 + code % 2 << distanceExtra(code)) + 1;
        }

        private static int distanceCode(int distance) {
            int code = 29;
            while (distanceBase(code) > distance) {
                code--;
            }
            return code;
        }

        private static int lengthExtra(int code) {
            return code < 4 || code == 28 ? 0 : code / 4 - 1;
        }

        private static int lengthBase(int code) {
            return code == 28 ? 258 : code < 4 ? code + 3 : (4 + code % 4 << lengthExtra(code)) + 3;
        }

        private static int lengthCode(int length) {
            int code = 28;
            while (lengthBase(code) > length) {
                code--;
            }
            return code;
        }

        /** The words of a code, to be written from their highest bit on. */
        private static int[] words(int[] lengths) {
            final int[] words = new int[lengths.length];
            int used = 0;
            int word = 0;
            for (int n = 1; n <= 15; n++) {
                word *= 2;
                for (int s = 0; s < lengths.length; s++) {
                    if (lengths[s] == n) {
                        words[s] = word++;
                        used++;
                    }
                }
                require(word <= 1 << n, "too many words in a code");
            }
            final boolean single = used == 1 && Arrays.stream(lengths).anyMatch(n -> n == 1);
            require(word == 1 << 15 || used == 0 || single, "too few words in a code");
            return words;
        }

        private void word(int symbol, int[] words, int[] lengths) {
            require(symbol < lengths.length && lengths[symbol] > 0, "a symbol without a word");
            for (int i = lengths[symbol] - 1; i >= 0; i--) {
                put(words[symbol] >>> i, 1);
            }
        }

        private void write(List<int[]> tokens, int[] literalWords, int[] literals, int[] distanceWords,
                int[] distances) {
            for (int[] token : tokens) {
                if (token.length == 1) {
                    word(token[0], literalWords, literals);
                    continue;
                }
                int code = lengthCode(token[0]);
                word(257 + code, literalWords, literals);
                put(token[0] - lengthBase(code), lengthExtra(code));
                code = distanceCode(token[1]);
                word(code, distanceWords, distances);
                put(token[1] - distanceBase(code), distanceExtra(code));
            }
            word(256, literalWords, literals);
        }
    }
}
