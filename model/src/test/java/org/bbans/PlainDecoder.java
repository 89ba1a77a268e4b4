package org.bbans;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.LZMA2InputStream;
import org.tukaani.xz.X86Options;

/**
 * A second decoder of archives, to be read beside FORMAT.md: it was written from that document alone, has no class in
 * common with the program, and follows the text's order of computation with plain loops. Comments in quotes are the
 * titles of the document's sections.
 */
final class PlainDecoder {

    /** The three kinds of refusal, as in "Requirement words and failures". */
    enum Reason {
        FOREIGN, DAMAGED, UNSUPPORTED
    }

    /** An archive that cannot be decoded. */
    static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final Reason reason;

        Refusal(Reason reason, String message) {
            super(message);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }

    /** What a decoder finds at the beginning of a model payload, and the sizes of its groups in the encoder's order. */
    record Chain(int heads, int lanes, int growth, boolean ramp, boolean fronts, int plain, List<Integer> groups) {}

    private final Bytes in;
    private final int start;
    private final Function<String, byte[]> modelFiles;
    private int headerSize;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final List<Chain> chains = new ArrayList<>();
    private int wrappingKind;
    private byte[] wrapping;
    private long fileSize;
    private int fileCrc;
    private Layout layout;
    private boolean unordered;
    private String modelSha256;
    /** The model, once a block has needed it: a chain's or one for images. */
    private Model model;
    private ImageModel imageModel;
    private Diffusion diffusion;
    private Flow flow;
    private Sde sde;
    /** The group of the block before if that held rows, and the row at which it has to end, or -1. */
    private ImageGroup group;
    private long groupEnd;

    /**
     * @param archive the whole archive
     * @param modelFiles gives the model file with a SHA-256 in lower-case hexadecimal, or null
     */
    PlainDecoder(byte[] archive, Function<String, byte[]> modelFiles) {
        this(new Bytes(archive), modelFiles);
    }

    private PlainDecoder(Bytes in, Function<String, byte[]> modelFiles) {
        this.in = in;
        this.modelFiles = modelFiles;
        start = in.position();
    }

    /** What the model payloads began with, in the order of their blocks. */
    List<Chain> chains() {
        return chains;
    }

    // ---------------------------------------------------------------- "Structure of an archive"

    /** The content, once. */
    byte[] decode() {
        final boolean hasEmbeddedModel = header();
        byte[] embedded = null;
        if (hasEmbeddedModel) {
            embedded = embeddedModel();
        }
        headerSize = in.position() - start;
        while (in.peek() != 0) {
            content.writeBytes(block(6, 1 << 30, embedded));
        }
        index();
        return content.toByteArray();
    }

    /** "Archives in a row": the contents of all, once, instead of {@link #decode}. */
    byte[] decodeAll() {
        return all(PlainDecoder::decode);
    }

    /** The files that the archives in a row were made of, once, instead of {@link #decode}. */
    byte[] restore() {
        return all(decoder -> {
            final byte[] decoded = decoder.decode();
            return decoder.wrappingKind < 0 ? decoded
                    : PlainWrapping.restore(decoder.wrappingKind, decoder.fileSize, decoder.fileCrc, decoder.wrapping,
                            decoded);
        });
    }

    private byte[] all(Function<PlainDecoder, byte[]> one) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        PlainDecoder member = this;
        out.writeBytes(one.apply(member));
        while (in.left() > 0) {
            member = new PlainDecoder(in, modelFiles);
            out.writeBytes(one.apply(member));
            chains.addAll(member.chains);
        }
        return out.toByteArray();
    }

    // ---------------------------------------------------------------- "Bytes and integers", "Checksums"

    /** Bytes that are read one after the other; beyond their end the archive is damaged. */
    static final class Bytes {

        private final byte[] bytes;
        private int at;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        int position() {
            return at;
        }

        int left() {
            return bytes.length - at;
        }

        byte[] range(int from, int to) {
            return Arrays.copyOfRange(bytes, from, to);
        }

        int peek() {
            require(left() >= 1, "truncated");
            return bytes[at] & 255;
        }

        int u8() {
            final int b = peek();
            at++;
            return b;
        }

        int u16() {
            final int low = u8();
            return low | u8() << 8;
        }

        int u32() {
            final int low = u16();
            return low | u16() << 16;
        }

        long u64() {
            final long low = u32() & 0xffffffffL;
            return low | (long) u32() << 32;
        }

        byte[] take(long size) {
            require(size <= left(), "truncated");
            at += (int) size;
            return range(at - (int) size, at);
        }

        long varint() {
            long value = 0;
            for (int i = 0; i < 9; i++) {
                final int b = u8();
                value |= (long) (b & 0x7f) << (7 * i);
                if (b < 0x80) {
                    require(b != 0 || i == 0, "a varint that is not in its shortest form");
                    return value;
                }
            }
            throw damaged("a varint of more than nine bytes");
        }
    }

    static int crc32c(byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Refusal damaged(String what) {
        return new Refusal(Reason.DAMAGED, what);
    }

    static Refusal unsupported(String what) {
        return new Refusal(Reason.UNSUPPORTED, what);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw damaged(what);
        }
    }

    // ---------------------------------------------------------------- "Header"

    /** @return whether the model follows */
    private boolean header() {
        for (int b : new int[] {0xbb, 0x42, 0x41}) {
            if (in.left() == 0 || in.u8() != b) {
                throw new Refusal(Reason.FOREIGN, "no archive");
            }
        }
        final int version = in.u8();
        if (version > 1) {
            throw unsupported("version " + version);
        }
        require(version == 1, "version 0");
        final int flags = in.u8();
        final boolean hasLayout = (flags & 1) != 0;
        final boolean hasModel = (flags & 2) != 0;
        final boolean hasEmbedded = (flags & 4) != 0;
        final boolean hasWrapping = (flags & 8) != 0;
        unordered = (flags & 32) != 0;
        require((flags & 0xd0) == 0 && !(unordered && hasWrapping) && (hasLayout || !hasModel && !unordered)
                && (hasModel || !hasEmbedded), "flags");
        // Values are judged when the CRC has matched.
        final Layout read = hasLayout ? new Layout(in) : null;
        byte[] name = {};
        if (hasModel) {
            name = in.take(in.u8());
            modelSha256 = HexFormat.of().formatHex(in.take(32));
        }
        wrappingKind = hasWrapping ? in.u8() : -1;
        fileSize = hasWrapping ? in.varint() : 0;
        fileCrc = hasWrapping ? in.u32() : 0;
        wrapping = hasWrapping ? in.take(in.varint()) : new byte[0];
        require(crc32c(in.range(start, in.position())) == in.u32(), "CRC of the header");
        if (hasLayout) {
            read.check();
            require(!unordered || Math.max(read.dims, read.recordBytes) <= 1 << 25, "size of unordered records");
            layout = read;
        }
        checkName(name);
        require(wrapping.length <= 1 << 24, "size of the wrapping");
        return hasEmbedded;
    }

    /** "Model Reference": the name, for people only. */
    private static void checkName(byte[] name) {
        try {
            final String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
            require(text.chars().noneMatch(Character::isISOControl), "a name with control characters");
        } catch (CharacterCodingException e) {
            throw damaged("a name that is no UTF-8");
        }
    }

    // ---------------------------------------------------------------- "Records and samples", "Layout"

    private static final class Layout {

        private static final int TWO_VALUED = 1;
        private static final int BITS = 2;
        private static final int BIT_ROWS = 3;
        private static final int PLANES = 4;
        private static final int BITS_INVERTED = 5;
        private static final int BIT_ROWS_INVERTED = 6;
        private static final int I8 = 7;
        /** The first of eight formats of two bytes a sample. */
        private static final int WORDS = 8;

        private final long leading;
        private final int prefix;
        private final int format;
        private int lo;
        private int hi = 1;
        private int highest;
        private final long[] shape;
        /** Number of records, or -1. */
        private final long count;
        private long dims = 1;
        private long recordBytes;

        Layout(Bytes in) {
            leading = in.varint();
            prefix = in.u8();
            format = in.u8();
            if (format == TWO_VALUED) {
                lo = in.u8();
                hi = in.u8();
            } else if (isWords()) {
                highest = in.u16();
            }
            shape = new long[in.u8()];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = in.varint();
            }
            count = in.varint() - 1;
        }

        void check() {
            require(format < 2 * WORDS && lo != hi && (!isWords() || highest > 0), "sample format");
            require(shape.length >= 1 && shape.length <= 4, "rank");
            for (long extent : shape) {
                require(extent >= 1 && extent <= Integer.MAX_VALUE && extent <= (1L << 31) / dims, "extents");
                dims *= extent;
            }
            require(!isBits() || dims % 8 == 0, "BITS need a multiple of 8 samples");
            require(!isPlanar() || shape.length >= 2, "planes need two axes");
            recordBytes = prefix + packedBytes(dims);
            require(count <= 0 || count <= (Long.MAX_VALUE - leading) / recordBytes, "count of records");
        }

        int levels() {
            return isWords() ? highest + 1 : format == TWO_VALUED || isBits() || isBitRows() ? 2 : 256;
        }

        private boolean isBits() {
            return format == BITS || format == BITS_INVERTED;
        }

        private boolean isBitRows() {
            return format == BIT_ROWS || format == BIT_ROWS_INVERTED;
        }

        private boolean isWords() {
            return format >= WORDS && format < 2 * WORDS;
        }

        private boolean isPlanar() {
            return format == PLANES || isWords() && (format & 4) != 0;
        }

        /** The last extent. */
        private long width() {
            return shape[shape.length - 1];
        }

        private long packedBytes(long samples) {
            return isBits() ? samples / 8 : isBitRows() ? samples / width() * ((width() + 7) / 8)
                    : isWords() ? 2 * samples : samples;
        }

        /** The packed samples of one record, or of some rows of one if the format has rows. */
        byte[] pack(int[] levels) {
            final byte[] bytes = new byte[(int) packedBytes(levels.length)];
            final int width = (int) width();
            final int inverted = format == BITS_INVERTED || format == BIT_ROWS_INVERTED ? 1 : 0;
            for (int i = 0; i < levels.length; i++) {
                final int y = i / width;
                final int x = i % width;
                final int place = isPlanar() ? x * (levels.length / width) + y : i;
                switch (format) {
                    case TWO_VALUED -> bytes[i] = (byte) (levels[i] == 0 ? lo : hi);
                    case BITS, BITS_INVERTED -> bytes[i / 8] |= (byte) ((levels[i] ^ inverted) << (7 - i % 8));
                    case BIT_ROWS, BIT_ROWS_INVERTED ->
                            bytes[y * ((width + 7) / 8) + x / 8] |= (byte) ((levels[i] ^ inverted) << (7 - x % 8));
                    case I8 -> bytes[i] = (byte) (levels[i] - 128);
                    default -> {
                        if (isWords()) {
                            final int value = (format & 2) != 0 ? levels[i] - 32768 : levels[i];
                            final int first = (format & 1) != 0 ? 8 : 0;
                            bytes[2 * place] = (byte) (value >> first);
                            bytes[2 * place + 1] = (byte) (value >> 8 - first);
                        } else {
                            bytes[place] = (byte) levels[i];
                        }
                    }
                }
            }
            return bytes;
        }

        // ------------------------------------------------------------ "Rows"

        /** Whether blocks may begin and end within a record. */
        private boolean hasRows() {
            return !isBits() && !isPlanar();
        }

        private long channels() {
            return shape.length < 3 ? 1 : width();
        }

        /** Samples of a row: the last two extents of three or four, else the last one. */
        private long rowSamples() {
            return shape.length < 3 ? width() : shape[shape.length - 2] * width();
        }

        /** Rows of a record. */
        private long height() {
            return dims / rowSamples();
        }

        /** Whether one row, or one record of a format without rows, is within a block's limit. */
        private boolean fitsBlocks() {
            return (hasRows() ? rowSamples() : dims) <= MOST_ROW_SAMPLES && height() <= Integer.MAX_VALUE;
        }

        /** The row that begins at an offset of the content, or -1. */
        private long rowAt(long offset) {
            final long records = Math.floorDiv(offset - leading, recordBytes);
            final long into = Math.floorMod(offset - leading, recordBytes);
            final long rowBytes = (recordBytes - prefix) / height();
            return records < 0 ? -1 : into == 0 ? records * height()
                    : hasRows() && into > prefix && (into - prefix) % rowBytes == 0
                            ? records * height() + (into - prefix) / rowBytes : -1;
        }
    }

    /** Samples that a block of rows may have. */
    private static final int MOST_ROW_SAMPLES = 1 << 22;

    // ---------------------------------------------------------------- "Embedded Model", "Block"

    private byte[] embeddedModel() {
        final byte[] file = block(1, 1 << 28, null);
        require(sha256(file).equals(modelSha256), "SHA-256 of the embedded model");
        return file;
    }

    /** The raw bytes of the next block. */
    private byte[] block(int highestCodec, int mostBytes, byte[] embedded) {
        final int begin = in.position();
        final long first = in.varint();
        final int codec = (int) (first & 7);
        final long rawSize = first >>> 3;
        require(codec <= highestCodec && rawSize >= 1 && rawSize <= mostBytes, "codec and raw size");
        final long payloadSize = codec == 0 ? rawSize : in.varint();
        require(codec == 0 || payloadSize >= 1 && payloadSize < rawSize, "payload size");
        final byte[] entry = in.range(begin, in.position());
        final int crc = in.u32();
        if (highestCodec > 1) {
            entries.writeBytes(entry);
            final ByteBuffer located = ByteBuffer.allocate(entry.length + 12).order(ByteOrder.LITTLE_ENDIAN);
            located.put(entry).putInt(crc).putLong(begin - start);
            require(in.u32() == (crc32c(located.array()) ^ content.size()), "the locator of a block");
        }
        final byte[] payload = in.take(payloadSize);
        final byte[] raw = switch (codec) {
            case 0 -> payload;
            case 1, 2 -> lzma2(payload, (int) rawSize, codec == 2);
            case 3 -> records(new Bytes(payload), (int) rawSize, embedded);
            case 6 -> columns(new Bytes(payload), (int) rawSize);
            default -> rows(codec == 4, new Bytes(payload), (int) rawSize, embedded);
        };
        if (codec < 4 || codec == 6) {
            group = null;
        }
        require(crc32c(raw) == crc, "CRC of a block");
        return raw;
    }

    /** "LZMA2". */
    static byte[] lzma2(byte[] payload, int rawSize, boolean x86) {
        final int dictionary = Math.max(4096, Math.min(1 << 26, rawSize));
        final ByteArrayInputStream in = new ByteArrayInputStream(payload);
        try {
            final InputStream lzma2 = new LZMA2InputStream(in, dictionary);
            final InputStream filtered = x86 ? new X86Options().getInputStream(lzma2, ArrayCache.getDefaultCache())
                    : lzma2;
            final byte[] raw = filtered.readNBytes(rawSize);
            require(raw.length == rawSize && filtered.read() < 0 && in.available() == 0, "size of what LZMA2 holds");
            return raw;
        } catch (IOException e) {
            throw damaged("LZMA2: " + e.getMessage());
        }
    }

    /** "Model-coded records". */
    private byte[] records(Bytes payload, int rawSize, byte[] embedded) {
        require(modelSha256 != null, "a block of records, but no model reference");
        final int records = wholeRecords(rawSize);
        final int recordBytes = rawSize / records;
        final int prefix = layout.prefix;
        final byte[] columns = prefixes(payload, records);
        findModel(embedded);
        final int[][] levels;
        if (diffusion != null && diffusion.dims() == layout.dims && layout.levels() == 256) {
            final PathPayload decoder = new PathPayload(diffusion, payload, records, unordered);
            chains.add(decoder.chain);
            levels = decoder.decode();
        } else if (flow != null && flow.dims() == layout.dims && layout.levels() == 256) {
            final PathPayload decoder = new PathPayload(flow, payload, records, unordered);
            chains.add(decoder.chain);
            levels = decoder.decode();
        } else if (sde != null && sde.dims == layout.dims && layout.levels() == 256) {
            final SdePayload decoder = new SdePayload(sde, payload, records, unordered);
            chains.add(decoder.chain);
            levels = decoder.decode();
        } else if (model != null && model.description.dims == layout.dims
                && model.description.levels == layout.levels()) {
            final Payload decoder = new Payload(model, payload, records, unordered);
            chains.add(decoder.chain);
            levels = decoder.decode();
        } else {
            throw unsupported("the model is for other records");
        }
        final byte[][] packed = new byte[records][];
        Arrays.setAll(packed, r -> layout.pack(levels[r]));
        if (unordered) {
            Arrays.sort(packed, Arrays::compareUnsigned);
        }
        final byte[] raw = new byte[rawSize];
        for (int r = 0; r < records; r++) {
            for (int i = 0; i < prefix; i++) {
                raw[r * recordBytes + i] = columns[i * records + r];
            }
            System.arraycopy(packed[r], 0, raw, r * recordBytes + prefix, packed[r].length);
        }
        return raw;
    }

    /** How many records a block holds, which has to be whole ones. */
    private int wholeRecords(int rawSize) {
        final int recordBytes = (int) Math.min(layout.recordBytes, Integer.MAX_VALUE);
        final int records = rawSize / recordBytes;
        final long offset = content.size() - layout.leading;
        require(offset >= 0 && offset % recordBytes == 0 && rawSize % recordBytes == 0, "whole records");
        require(layout.count < 0 || offset / recordBytes + records <= layout.count, "more records than the count");
        require((long) records * Math.max(layout.dims, recordBytes) <= 1 << 25, "size of records");
        require(!unordered || records <= 1 << 22, "number of unordered records");
        return records;
    }

    // ---------------------------------------------------------------- "Unordered records"

    /** The records that a decoder has returned to their multiset, as numbers of which none is negative. */
    private static final class Multiset {

        private final List<int[]> records = new ArrayList<>();

        /** "Draws": adds a record and pushes its interval. */
        void add(int[] record, Stack stack, int head, boolean drawn) {
            records.add(record);
            if (drawn) {
                final long m = records.size();
                final long a = records.stream().filter(x -> Arrays.compare(x, record) < 0).count();
                final long k = records.stream().filter(x -> Arrays.equals(x, record)).count();
                final int start = (int) ((a << 24) / m);
                stack.push(head, start, (int) ((a + k << 24) / m) - start);
            }
        }
    }

    /** "Codec 6". */
    private byte[] columns(Bytes payload, int rawSize) {
        require(unordered, "columns of records that have an order");
        final int records = wholeRecords(rawSize);
        final int size = rawSize / records;
        final int undrawn = Payload.plain(payload);
        require(undrawn >= 1 && undrawn <= records, "number of records that are not drawn");
        final long[][] below = new long[size][257];
        for (long[] c : below) {
            final int kind = payload.u8();
            require(kind <= 1, "kind of a table");
            for (int v = 0, zeros = 0; v < 256; v++) {
                long count = 1;
                if (kind == 1) {
                    count = zeros > 0 ? 0 : Payload.plain(payload);
                    zeros = zeros > 0 ? zeros - 1 : count == 0 ? payload.u8() : 0;
                    require(zeros <= 255 - v, "more than 256 counts");
                }
                c[v + 1] = c[v] + count;
            }
            require(kind == 0 || c[256] == records, "sum of the counts");
        }
        final Stack stack = new Stack(payload, 1);
        final Multiset set = new Multiset();
        final byte[][] all = new byte[records][size];
        for (int r = 0; r < records; r++) {
            final int[] record = new int[size];
            for (int i = 0; i < size; i++) {
                final long[] c = below[i];
                final long slot = stack.head(0) & (1 << 24) - 1;
                int v = 0;
                while ((c[v + 1] << 24) / c[256] <= slot) {
                    v++;
                }
                final int start = (int) ((c[v] << 24) / c[256]);
                stack.pop(0, start, (int) ((c[v + 1] << 24) / c[256]) - start);
                record[i] = v;
                all[r][i] = (byte) v;
            }
            set.add(record, stack, 0, r < records - undrawn);
        }
        require(stack.isInitial(), "the stack is not the initial one in the end");
        final int prefix = layout.prefix;
        Arrays.sort(all, (a, b) -> canonical(a, b, prefix));
        final ByteArrayOutputStream raw = new ByteArrayOutputStream();
        for (byte[] record : all) {
            raw.writeBytes(record);
        }
        return raw.toByteArray();
    }

    /** The bytes before the samples of some records, column by column. */
    private byte[] prefixes(Bytes payload, int records) {
        final int size = records * layout.prefix;
        if (size == 0) {
            return new byte[0];
        }
        final int codec = payload.u8();
        require(codec <= 1, "codec of the prefixes");
        if (codec == 0) {
            return payload.take(size);
        }
        final long packed = payload.varint();
        require(packed < size, "size of the prefixes");
        return lzma2(payload.take(packed), size, false);
    }

    private void findModel(byte[] embedded) {
        if (model == null && imageModel == null && diffusion == null && flow == null && sde == null) {
            final byte[] bytes = embedded != null ? embedded : modelFiles.apply(modelSha256);
            if (bytes == null) {
                throw unsupported("no model with SHA-256 " + modelSha256);
            }
            final ModelFile file = new ModelFile(bytes);
            if (file.metadata.has("family") && file.metadata.take("family").text().equals("image")) {
                imageModel = new ImageModel(file);
                return;
            }
            final Json json = Json.parse(file.metadata.take("bbans").text().getBytes(StandardCharsets.UTF_8));
            if (json.has("family") && json.members().get("family").text().equals("diffusion")) {
                diffusion = new Diffusion(file, json);
            } else if (json.has("family") && json.members().get("family").text().equals("flow")) {
                flow = new Flow(file, json);
            } else if (json.has("family") && json.members().get("family").text().equals("sde")) {
                sde = new Sde(file, json);
            } else {
                model = new Model(file, json);
            }
        }
    }

    /** "Rows of records". */
    private byte[] rows(boolean begins, Bytes payload, int rawSize, byte[] embedded) {
        require(!unordered, "rows of unordered records");
        require(modelSha256 != null && layout.fitsBlocks(), "a block of rows, but no model reference or no rows");
        final long height = layout.height();
        final long first = layout.rowAt(content.size());
        final long end = layout.rowAt((long) content.size() + rawSize);
        require(first >= 0 && end >= 0, "whole rows");
        require(layout.count < 0 || (end - 1) / height < layout.count, "more rows than the count");
        require((end - first) * layout.rowSamples() <= MOST_ROW_SAMPLES, "size of rows");
        require(begins || group != null, "rows that go on with no group");
        if (begins) {
            groupEnd = first % height == 0 ? -1 : (first / height + 1) * height;
        }
        require(groupEnd < 0 || end <= groupEnd, "a group that begins within a record ends with it");
        // Records whose first row is in the block.
        final int records = (int) ((end + height - 1) / height - (first + height - 1) / height);
        final byte[] columns = prefixes(payload, records);
        findModel(embedded);
        if (begins) {
            group = imageGroup(first);
        }
        final int[] levels = group.decode(payload.take(payload.left()), (int) (end - first));

        final ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int record = 0;
        int done = 0;
        for (long row = first; row < end;) {
            if (row % height == 0) {
                for (int i = 0; i < layout.prefix; i++) {
                    raw.write(columns[i * records + record]);
                }
                record++;
            }
            final long next = Math.min(end, (row / height + 1) * height);
            final int size = (int) ((next - row) * layout.rowSamples());
            raw.writeBytes(layout.pack(Arrays.copyOfRange(levels, done, done + size)));
            done += size;
            row = next;
        }
        return raw.toByteArray();
    }

    /** Begins a group at a row: if that is within a record, of the rest of it alone. */
    private ImageGroup imageGroup(long first) {
        final long height = layout.height();
        final long width = layout.rowSamples() / layout.channels();
        if (imageModel == null || layout.channels() > 8 || width > 1 << 15 || layout.levels() < 256) {
            throw unsupported("the model is for other records");
        }
        final long into = first % height;
        final long records = into > 0 ? 1 : layout.count < 0 ? Integer.MAX_VALUE
                : Math.min(Integer.MAX_VALUE, layout.count - first / height);
        return new ImageGroup(imageModel, (int) records, (int) (height - into), (int) width, (int) layout.channels(),
                layout.levels());
    }

    // ---------------------------------------------------------------- "Index"

    private void index() {
        final int mark = in.position();
        in.u8();
        require(in.varint() == headerSize, "where the first block begins");
        require(Arrays.equals(in.take(entries.size()), entries.toByteArray()), "an entry of the index");
        final String sha256 = HexFormat.of().formatHex(in.take(32));
        require(crc32c(in.range(mark, in.position())) == in.u32(), "CRC of the index");
        require(in.position() - mark == in.u32(), "size of the index");
        require(in.left() == 0 || startsLikeAnArchive(), "bytes behind the index");
        require(sha256(content.toByteArray()).equals(sha256), "SHA-256 of the content");
        require(!unordered || isSorted(content.toByteArray()), "the order of unordered records");
    }

    private boolean startsLikeAnArchive() {
        final int at = in.position();
        return in.left() >= 3 && Arrays.equals(in.range(at, at + 3), new byte[] {(byte) 0xbb, 0x42, 0x41});
    }

    /** "Unordered records": by the bytes behind the prefix, then by those of the prefix. */
    private boolean isSorted(byte[] bytes) {
        final int size = (int) layout.recordBytes;
        final int leading = (int) Math.min(layout.leading, bytes.length);
        final int whole = (bytes.length - leading) / size;
        final long records = layout.count < 0 ? whole : Math.min(whole, layout.count);
        for (int r = 1; r < records; r++) {
            final byte[] a = Arrays.copyOfRange(bytes, leading + (r - 1) * size, leading + r * size);
            final byte[] b = Arrays.copyOfRange(bytes, leading + r * size, leading + (r + 1) * size);
            if (canonical(a, b, layout.prefix) > 0) {
                return false;
            }
        }
        return true;
    }

    private static int canonical(byte[] a, byte[] b, int prefix) {
        final int samples = Arrays.compareUnsigned(a, prefix, a.length, b, prefix, b.length);
        return samples != 0 ? samples : Arrays.compareUnsigned(a, b);
    }

    // ---------------------------------------------------------------- "The stack"

    /** Range asymmetric numeral systems over several heads. */
    static final class Stack {

        private final long[] head;
        /** The top word first. */
        private final Deque<Integer> words = new ArrayDeque<>();

        /** The initial stack. */
        Stack(int heads) {
            head = new long[heads];
            Arrays.fill(head, 1L << 31);
        }

        private Stack(Bytes in, int heads) {
            head = new long[heads];
            require(in.left() >= 8 * heads && in.left() % 4 == 0, "length of the stack");
            for (int i = 0; i < heads; i++) {
                head[i] = in.u64();
                require(head[i] >= 1L << 31, "a head out of range");
            }
            while (in.left() > 0) {
                words.addLast(in.u32());
            }
        }

        private boolean isInitial() {
            return words.isEmpty() && Arrays.stream(head).allMatch(x -> x == 1L << 31);
        }

        long head(int i) {
            return head[i];
        }

        int words() {
            return words.size();
        }

        /** Pushes a batch. */
        private void push(int[] symbols, IntFunction<Distribution> distributions) {
            for (int j = symbols.length - 1; j >= 0; j--) {
                final Distribution d = distributions.apply(j);
                final int start = d.cumulative(symbols[j]);
                push(j % head.length, start, d.cumulative(symbols[j] + 1) - start);
            }
        }

        void push(int h, int start, int freq) {
            long x = head[h];
            if (x >>> (63 - 24) >= freq) {
                words.addFirst((int) x);
                x >>>= 32;
            }
            head[h] = (x / freq << 24) + x % freq + start;
        }

        /** "Image payloads": pops a bit that has a probability of 16 binary digits to be 1. */
        private int popBit(int probability) {
            final long slot = head[0] & 65535;
            final int bit = slot < probability ? 1 : 0;
            final long start = bit == 1 ? 0 : probability;
            final long freq = bit == 1 ? probability : 65536 - probability;
            head[0] = freq * (head[0] >>> 16) + slot - start;
            refill(0);
            return bit;
        }

        /** "Mixing": an exclusive or of the low 24 bits of every head. */
        private void mix(int key) {
            for (int i = 0; i < head.length; i++) {
                int h = (key * 32 + i) * 0x9E3779B1;
                h = (h ^ h >>> 15) * 0x85EBCA77;
                h = (h ^ h >>> 13) * 0xC2B2AE3D;
                head[i] ^= h >>> 8;
            }
        }

        private void pop(int h, int start, int freq) {
            head[h] = freq * (head[h] >>> 24) + (head[h] & (1 << 24) - 1) - start;
            refill(h);
        }

        private void refill(int h) {
            if (head[h] < 1L << 31) {
                require(!words.isEmpty(), "the stack runs out of words");
                head[h] = (head[h] << 32) + (words.removeFirst() & 0xffffffffL);
            }
        }

        /** Pops a batch. */
        private int[] pop(int size, IntFunction<Distribution> distributions) {
            final int[] symbols = new int[size];
            for (int j = 0; j < size; j++) {
                final int h = j % head.length;
                final Distribution d = distributions.apply(j);
                final int slot = (int) head[h] & (1 << 24) - 1;
                // F(symbol) <= slot < F(end), and F is strictly increasing.
                int symbol = 0;
                int end = d.symbols();
                while (end - symbol > 1) {
                    final int middle = (symbol + end) >>> 1;
                    if (d.cumulative(middle) <= slot) {
                        symbol = middle;
                    } else {
                        end = middle;
                    }
                }
                final int start = d.cumulative(symbol);
                head[h] = (d.cumulative(symbol + 1) - start) * (head[h] >>> 24) + slot - start;
                refill(h);
                symbols[j] = symbol;
            }
            return symbols;
        }
    }

    // ---------------------------------------------------------------- "Distributions"

    /**
     * Symbols from 0 on.
     *
     * @param symbols their number
     * @param f the cumulative counts F, from F(0) = 0 to F(symbols) = 2^24
     */
    record Distribution(int symbols, IntUnaryOperator f) {

        int cumulative(int i) {
            return i == 0 ? 0 : i == symbols ? 1 << 24 : f.applyAsInt(i);
        }
    }

    /** "Uniform", over 2^12 symbols. */
    private static final Distribution UNIFORM = new Distribution(1 << 12, i -> i << (24 - 12));

    private static final float SCALE = Float.intBitsToFloat(0x4738aa3b);

    static Distribution categorical(float... logits) {
        final int symbols = logits.length;
        final int[] t = new int[symbols];
        for (int i = 0; i < symbols; i++) {
            t[i] = Math.min(1 << 29, Math.max(-(1 << 29), (int) (logits[i] * SCALE)));
        }
        final int greatest = Arrays.stream(t).max().orElseThrow();
        final long[] c = new long[symbols + 1];
        for (int i = 0; i < symbols; i++) {
            final int d = greatest - t[i];
            final int f = d & (1 << 15) - 1;
            final int g = 45324 - (((15149 - ((2596 * f) >> 15)) * f) >> 15);
            c[i + 1] = c[i] + (((1 << 21) - ((g * f) >> 10)) >> Math.min(d >> 15, 31));
        }
        return new Distribution(symbols, i -> i + (int) (c[i] * ((1 << 24) - symbols) / c[symbols]));
    }

    static Distribution bernoulli(float logit) {
        return categorical(0, logit);
    }

    /** "Gaussian over buckets of equal mass". */
    static Distribution gaussian(float mean, float sigma) {
        final double m = clamp(mean, -16, 16);
        final double perSigma = 1 / (double) clamp(sigma, 0x1p-14f, 0x1p14f);
        return new Distribution(4096,
                i -> 2 * i + (int) (((1 << 24) - 8192) * phi((edge(i) - m) * perSigma)));
    }

    private static final double[] EDGES = new double[2048];
    private static final float[] CENTRES = new float[2048];

    static double edge(int i) {
        return i == 2048 ? 0 : i < 2048 ? EDGES[i] : -EDGES[4096 - i];
    }

    static float centre(int i) {
        return i < 2048 ? CENTRES[i] : -CENTRES[4095 - i];
    }

    private static double quantile(double p) {
        double lo = -8;
        double hi = 0;
        for (int i = 0; i < 52; i++) {
            final double mid = (lo + hi) * 0.5;
            if (phi(mid) < p) {
                lo = mid;
            } else {
                hi = mid;
            }
        }
        return hi;
    }

    /** "Mixture of logistics". */
    static Distribution mixture(int symbols, float[] logit, float[] mean, float[] scale) {
        final int components = logit.length;
        final float[] l = new float[components];
        final float[] mu = new float[components];
        final float[] inv = new float[components];
        final float[] w = new float[components];
        float greatest = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < components; k++) {
            l[k] = clamp(logit[k], -1000, 1000);
            mu[k] = clamp(mean[k], -16384, 16384);
            inv[k] = LOG2_E / clamp(scale[k], 0x1p-8f, 0x1p14f);
            greatest = Math.max(greatest, l[k]);
        }
        float sum = 0;
        for (int k = 0; k < components; k++) {
            w[k] = exp(l[k] - greatest);
            sum += w[k];
        }
        for (int k = 0; k < components; k++) {
            w[k] = w[k] / sum * ((1 << 24) - symbols - 2 * components - 2);
        }
        return new Distribution(symbols, i -> {
            int f = i;
            for (int k = 0; k < components; k++) {
                f += (int) (w[k] / (1 + exp2((mu[k] - (i - 0.5f)) * inv[k])));
            }
            return f;
        });
    }

    // ---------------------------------------------------------------- "Elementary functions"

    private static final float ROUND = Float.intBitsToFloat(0x4b400000);
    private static final float LOG2_E = Float.intBitsToFloat(0x3fb8aa3b);
    private static final float LN2_HI = Float.intBitsToFloat(0x3f318000);
    private static final float LN2_LO = Float.intBitsToFloat(0xb95e8083);
    /** E2 to E7. */
    private static final float[] E = floats(0x3f000000, 0x3e2aaaaa, 0x3d2aa9c1, 0x3c088908, 0x3ab743ce, 0x39506967);
    /** G1 to G5. */
    private static final float[] G = floats(0x3f317260, 0x3e75edab, 0x3d648e72, 0x3c13bc2b, 0x3af4ba7d);

    private static float[] floats(int... bits) {
        final float[] numbers = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            numbers[i] = Float.intBitsToFloat(bits[i]);
        }
        return numbers;
    }

    private static double[] doubles(long... bits) {
        return Arrays.stream(bits).mapToDouble(Double::longBitsToDouble).toArray();
    }

    private static float clamp(float x, float lo, float hi) {
        final float v = x > lo ? x : lo;
        return v < hi ? v : hi;
    }

    static float exp(float x) {
        final float v = clamp(x, -87, 88);
        final float t = Math.fma(v, LOG2_E, ROUND);
        final float n = t - ROUND;
        float r = Math.fma(n, -LN2_HI, v);
        r = Math.fma(n, -LN2_LO, r);
        float p = Math.fma(E[5], r, E[4]);
        p = Math.fma(p, r, E[3]);
        p = Math.fma(p, r, E[2]);
        p = Math.fma(p, r, E[1]);
        p = Math.fma(p, r, E[0]);
        p = Math.fma(p, r * r, r) + 1;
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(t) + 127) << 23);
    }

    static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    static float exp2(float t) {
        final float v = clamp(t, -120, 120);
        final float m = (v - 0.5f) + ROUND;
        final float g = v - (m - ROUND);
        float p = Math.fma(G[4], g, G[3]);
        p = Math.fma(p, g, G[2]);
        p = Math.fma(p, g, G[1]);
        p = Math.fma(p, g, G[0]);
        p = Math.fma(p, g, 1);
        p = p < 2 ? p : 2;
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(m) + 127) << 23);
    }

    private static final double[] EXP = doubles(0x4338000000000000L, 0x3ff71547652b82feL, 0x3fe62e42fee00000L,
            0x3dea39ef35793c76L);
    /** 1 / k! rounded; the factorials are exact. */
    private static final double[] RECIPROCAL_FACTORIAL = new double[14];
    private static final double[] P = doubles(0x3fe0000000000000L, 0x3fe17b444fb0e176L, 0x3fd2ec93784fd5aaL,
            0x3fb89b2bf081cccfL, 0x3f9404ad5a883d23L, 0x3f634d5d6b0b4a43L, 0x3f216da5f898e42fL);
    private static final double[] Q = doubles(0x3ff0000000000000L, 0x3ffe3f66e99bf3feL, 0x3ff998a101a7fe89L,
            0x3fe942a17046270bL, 0x3fcf98ba50c6e680L, 0x3fa9426ffef61a39L, 0x3f78311ad2f2c943L, 0x3f35d7d74d3dd7c7L);

    static {
        double factorial = 1;
        for (int k = 0; k < RECIPROCAL_FACTORIAL.length; k++) {
            factorial *= Math.max(1, k);
            RECIPROCAL_FACTORIAL[k] = 1 / factorial;
        }
        for (int i = 0; i < 2048; i++) {
            EDGES[i] = i == 0 ? Double.NaN : quantile(i / 4096.0);
            CENTRES[i] = (float) quantile((i + 0.5) / 4096);
        }
    }

    private static double polynomial(double[] coefficients, double x) {
        double sum = coefficients[coefficients.length - 1];
        for (int k = coefficients.length - 2; k >= 0; k--) {
            sum = Math.fma(sum, x, coefficients[k]);
        }
        return sum;
    }

    private static double exp(double x) {
        double v = x > -708 ? x : -708;
        v = v < 709 ? v : 709;
        final double t = Math.fma(v, EXP[1], EXP[0]);
        final double n = t - EXP[0];
        double r = Math.fma(n, -EXP[2], v);
        r = Math.fma(n, -EXP[3], r);
        return polynomial(RECIPROCAL_FACTORIAL, r)
                * Double.longBitsToDouble((Double.doubleToRawLongBits(t) + 1023) << 52);
    }

    static double phi(double x) {
        double a = x < 0 ? -x : x;
        a = a < 8 ? a : 8;
        final double tail = exp((-0.5 * a) * a) * (polynomial(P, a) / polynomial(Q, a));
        return x > 0 ? 1 - tail : tail;
    }

    // ---------------------------------------------------------------- "The description"

    /** What the description says, checked. */
    private static final class Description {

        private final int dims;
        private final int levels;
        /** Numbers of latents of the layers z_1, z_2, ...; none without latents. */
        private final int[] latents;
        private final boolean sqlu;
        /** Widths of hidden layers; null where the network is absent. */
        private final int[] encoder;
        private final int[] decoder;
        private final int features;
        /** Networks for z_k given z_(k+1), at k - 1. */
        private final List<int[]> priors = new ArrayList<>();
        private final List<int[]> posteriors = new ArrayList<>();
        /** Whether these are of evidence, by which the prior is multiplied. */
        private final List<Boolean> products = new ArrayList<>();
        private final String kind;
        private final int[] hidden;
        private final View window;
        private final boolean marks;
        private final boolean relative;
        private final View blockView;
        private final int blocks;
        private final int rank;
        private final int palette;
        private final int[] mark;
        private final int components;
        private final int channels;
        private final int pixels;
        private final int height;
        private final int width;
        /** Outputs of the predictor for each sample. */
        private final int outputs;

        Description(Json json) {
            known(json.take("version").integer(0, 1 << 30) == 1, "version");
            known(!json.has("family") || json.take("family").text().equals("vae"), "family");
            check(json.take("name").text().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "name");
            final int[] shape = json.take("shape").integers(1, 4, 1, 1 << 20);
            check(product(shape) <= 1 << 20, "shape");
            dims = (int) product(shape);
            levels = json.take("levels").integer(2, 256);
            latents = latents(json.take("latents"));
            sqlu = json.has("activation");
            known(!sqlu || json.take("activation").text().equals("sqlu"), "activation");

            final boolean coded = latents.length > 0;
            check(coded == json.has("encoder") && coded == json.has("decoder"), "encoder and decoder go with latents");
            encoder = coded ? hidden(json.take("encoder")) : null;
            check(latents.length < 2 || encoder.length > 0, "the encoder needs a hidden layer");
            final Json decoderMember = coded ? json.take("decoder") : null;
            features = coded ? decoderMember.take("features").integer(1, 64) : 0;
            decoder = coded ? hidden(decoderMember) : null;
            check(latents.length > 1 == json.has("transitions"), "transitions go with layers of latents");
            if (latents.length > 1) {
                for (Json transition : json.take("transitions").elements()) {
                    priors.add(transition.take("prior").integers(0, 8, 1, 4096));
                    final boolean product = transition.has("evidence");
                    check(!product || !transition.has("posterior"), "a posterior or evidence");
                    products.add(product);
                    posteriors.add(transition.take(product ? "evidence" : "posterior").integers(0, 8, 1, 4096));
                    transition.end();
                }
                check(priors.size() == latents.length - 1, "number of transitions");
            }

            final Json likelihood = json.take("likelihood");
            json.end();
            kind = likelihood.take("kind").text();
            final boolean categorical = kind.equals("categorical") || kind.equals("hurdle");
            known(categorical || kind.equals("bernoulli") || kind.equals("logistic-mixture"), "kind");
            check(levels == (kind.equals("bernoulli") ? 2 : 256), "levels");
            final Json windowMember = likelihood.takeOr("window", null);
            window = windowMember == null ? null : view(windowMember, 32);
            marks = windowMember != null && windowMember.flag("marks");
            relative = windowMember != null && windowMember.flag("relative");
            channels = window == null || shape.length < 3 ? 1 : shape[2];
            pixels = dims / channels;
            height = window == null || shape.length < 2 ? 1 : shape[0];
            width = pixels / height;
            if (window != null) {
                windowMember.end();
                check(window.radius + window.rows > 0, "a window that sees nothing");
                check(shape.length == 2 || shape.length == 3 && channels >= 2 && channels <= 4, "shape with a window");
                check(!relative || kind.equals("logistic-mixture") && !marks, "a relative window");
            }
            final Json blocksMember = likelihood.takeOr("blocks", null);
            blocks = blocksMember == null ? 0 : blocksMember.take("count").integer(1, 16);
            blockView = blocksMember == null ? null : view(blocksMember, 8);
            if (blocks > 0) {
                blocksMember.end();
            }
            rank = categorical ? likelihood.take("rank").integer(1, 64) : 0;
            palette = categorical && likelihood.has("palette") ? likelihood.take("palette").integer(0, 16) : 0;
            mark = kind.equals("hurdle") && likelihood.has("mark") ? hidden(likelihood.take("mark")) : null;
            components = kind.equals("logistic-mixture") ? likelihood.take("components").integer(1, 32) : 0;
            outputs = categorical ? rank + palette : Math.max(1, 3 * components);
            hidden = hidden(likelihood);
            check(hidden.length > 0 || window == null && !kind.equals("hurdle"), "hidden layers are missing");
            check(hidden.length > 0 || features == outputs, "without hidden layers features are the outputs");
            check(blocks == 0 || window != null && kept() <= 1 << 20, "blocks");
            check(!kind.equals("hurdle") || channels == 1, "a hurdle with channels");
            check(mark == null || mark.length > 0 && blocks == 0, "mark");
        }

        private static void check(boolean condition, String what) {
            require(condition, "the model's description: " + what);
        }

        private static void known(boolean condition, String what) {
            if (!condition) {
                throw unsupported("the model's " + what);
            }
        }

        private static int[] latents(Json member) {
            if (member.isArray()) {
                final int[] layers = member.integers(2, 8, 1, 1024);
                check(Arrays.stream(layers).sum() <= 1024, "number of latents");
                return layers;
            }
            final int only = member.integer(0, 1024);
            return only == 0 ? new int[0] : new int[] {only};
        }

        /** Takes the widths of hidden layers, the last member of its object. */
        private static int[] hidden(Json owner) {
            final int[] widths = owner.take("hidden").integers(0, 8, 1, 4096);
            owner.end();
            return widths;
        }

        private static View view(Json member, int most) {
            return new View(member.take("radius").integer(0, most), member.take("rows").integer(0, most));
        }

        /** The inputs from the window. */
        private int seen() {
            if (window == null) {
                return 0;
            }
            final int values = channels * window.neighbours().size();
            return marks ? 2 * values : relative ? values + channels : values;
        }

        /** The activations that blocks keep of a record. */
        private long kept() {
            return blocks == 0 ? 0
                    : (long) blocks * Math.min(pixels, blockView.rows * width + blockView.radius + 1) * hidden[0];
        }

        /** The layers behind the trunk. */
        private String tail(int channel) {
            return channels == 1 ? "head" : "head.channel" + channel;
        }
    }

    private static long product(int[] shape) {
        return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    }

    /** What a layer sees of a record when it looks back from a pixel. */
    private record View(int radius, int rows) {

        /** Offsets (dy, dx) of the neighbours, in their order. */
        List<int[]> neighbours() {
            final List<int[]> offsets = new ArrayList<>();
            for (int dy = -rows; dy <= 0; dy++) {
                for (int dx = -radius; dx <= (dy < 0 ? radius : -1); dx++) {
                    offsets.add(new int[] {dy, dx});
                }
            }
            return offsets;
        }
    }

    // ---------------------------------------------------------------- "Tensors"

    /** The shapes of a model's tensors. */
    private static final class Shapes {

        private final Map<String, int[]> shapes = new LinkedHashMap<>();

        static Map<String, int[]> of(Description d) {
            final Shapes all = new Shapes();
            final int layers = d.latents.length;
            if (layers > 0) {
                all.network("encoder", d.dims, d.encoder, 2 * d.latents[layers - 1]);
                all.network("decoder", d.latents[0], d.decoder, d.pixels * d.features);
            }
            for (int k = 1; k < layers; k++) {
                final int above = d.latents[k];
                final int encoded = d.encoder[d.encoder.length - 1];
                final boolean product = d.products.get(k - 1);
                all.network((product ? "evidence." : "posterior.") + k, product ? encoded : encoded + above,
                        d.posteriors.get(k - 1), 2 * d.latents[k - 1]);
                all.network("prior." + k, above, d.priors.get(k - 1), 2 * d.latents[k - 1]);
            }
            if (d.hidden.length > 0) {
                all.first("head", d, d.hidden[0]);
                for (int b = 0; b < d.blocks; b++) {
                    all.layer("head.block." + b, (d.blockView.neighbours().size() + 1) * d.hidden[0], d.hidden[0]);
                }
                for (int c = 0; c < d.channels; c++) {
                    all.tail(d.tail(c), d.hidden, c, d.outputs);
                }
            }
            if (d.mark != null) {
                all.first("mark", d, d.mark[0]);
                all.tail("mark", d.mark, 0, 1);
            } else if (d.kind.equals("hurdle")) {
                all.layer("mark.out", d.hidden[0], 1);
            }
            if (d.rank > 0) {
                all.layer("table", d.rank, d.levels);
            }
            Description.check(all.shapes.values().stream().mapToLong(PlainDecoder::product).sum() <= 1 << 26,
                    "number of parameters");
            return all.shapes;
        }

        private void layer(String name, int inputs, int outputs) {
            shapes.put(name + ".weight", new int[] {inputs, outputs});
            shapes.put(name + ".bias", new int[] {outputs});
        }

        private void network(String name, int inputs, int[] widths, int outputs) {
            int from = inputs;
            for (int i = 0; i < widths.length; i++) {
                layer(name + "." + i, from, widths[i]);
                from = widths[i];
            }
            layer(name + ".out", from, outputs);
        }

        private void first(String name, Description d, int width) {
            shapes.put(name + ".position", new int[] {d.pixels, width});
            if (d.features + d.seen() > 0) {
                shapes.put(name + ".0.weight", new int[] {d.features + d.seen(), width});
            }
        }

        private void tail(String name, int[] widths, int channel, int outputs) {
            for (int i = 1; i < widths.length; i++) {
                layer(name + "." + i, widths[i - 1] + channel, widths[i]);
            }
            layer(name + ".out", widths[widths.length - 1] + channel, outputs);
        }
    }

    // ---------------------------------------------------------------- "The model file"

    /** A model file: its metadata, and tensors of the shapes that they are to have. */
    static final class ModelFile {

        private final Json header;
        private final Json metadata;
        private final byte[] data;
        private final Map<String, float[]> tensors = new LinkedHashMap<>();

        ModelFile(byte[] file) {
            final Bytes in = new Bytes(file);
            final long length = in.u64();
            require(length >= 2 && length <= 1 << 22, "length of the model's header");
            header = Json.parse(in.take(length));
            metadata = header.take("__metadata__");
            metadata.members().values().forEach(Json::text);
            data = in.take(in.left());
        }

        Map<String, float[]> tensors(Map<String, int[]> shapes) {
            require(header.members().keySet().equals(shapes.keySet()), "other tensors than the description needs");
            final List<int[]> ranges = new ArrayList<>();
            shapes.forEach((name, shape) -> ranges.add(tensor(name, shape, header.take(name))));
            ranges.sort((a, b) -> Integer.compare(a[0], b[0]));
            int end = 0;
            for (int[] range : ranges) {
                require(range[0] == end, "a gap between tensors, or an overlap");
                end = range[1];
            }
            require(end == data.length, "bytes behind the tensors");
            return tensors;
        }

        /** Reads a tensor. @return its range of the data */
        private int[] tensor(String name, int[] shape, Json json) {
            final String type = json.take("dtype").text();
            Description.known(type.matches("F32|F16|BF16"), "numbers of type " + type);
            require(Arrays.equals(json.take("shape").integers(0, 4, 0, 1 << 30), shape), "shape of " + name);
            final int[] range = json.take("data_offsets").integers(2, 2, 0, Integer.MAX_VALUE);
            json.end();
            final int size = (int) product(shape);
            require(range[1] <= data.length && range[1] - range[0] == size * (type.equals("F32") ? 4 : 2),
                    "offsets of " + name);
            final ByteBuffer numbers = ByteBuffer.wrap(data, range[0], range[1] - range[0])
                    .order(ByteOrder.LITTLE_ENDIAN);
            final float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = switch (type) {
                    case "F32" -> numbers.getFloat();
                    case "F16" -> binary16(numbers.getShort());
                    default -> Float.intBitsToFloat(numbers.getShort() << 16);
                };
                require(Float.isFinite(values[i]), "a number that is not finite in " + name);
            }
            tensors.put(name, values);
            return range;
        }

        private static float binary16(short bits) {
            final int exponent = bits >> 10 & 31;
            final int fraction = bits & 1023;
            final float magnitude = switch (exponent) {
                case 0 -> fraction * 0x1p-24f;
                case 31 -> Float.NaN;
                default -> Float.intBitsToFloat(exponent - 15 + 127 << 23 | fraction << 13);
            };
            return bits < 0 ? -magnitude : magnitude;
        }
    }

    /** A chain's model, checked, and its networks, "The forward pass". */
    private static final class Model {

        private final Description description;
        private final Map<String, float[]> tensors;
        private final List<int[]> neighbours;
        /** The taps of the blocks but for the pixel itself. */
        private final List<int[]> taps;

        Model(ModelFile file, Json json) {
            description = new Description(json);
            neighbours = description.window == null ? List.of() : description.window.neighbours();
            taps = description.blocks == 0 ? List.of() : description.blockView.neighbours();
            tensors = file.tensors(Shapes.of(description));
        }

        /** The activation A. */
        private float[] activate(float[] x) {
            return PlainDecoder.activate(x, description.sqlu);
        }

        /** Adds weight[i, o] * input[i] to accumulator o, for ascending i. */
        private static float[] accumulate(float[] weight, float[] input, float[] acc) {
            for (int i = 0; i < input.length; i++) {
                for (int o = 0; o < acc.length; o++) {
                    acc[o] = Math.fma(weight[i * acc.length + o], input[i], acc[o]);
                }
            }
            return acc;
        }

        private float[] dense(String layer, float[] input) {
            return accumulate(tensors.get(layer + ".weight"), input, tensors.get(layer + ".bias").clone());
        }

        private float[] hiddenLayers(String network, int[] widths, float[] input) {
            float[] x = input;
            for (int i = 0; i < widths.length; i++) {
                x = activate(dense(network + "." + i, x));
            }
            return x;
        }

        private float[] outputs(String network, int[] widths, float[] input) {
            return dense(network + ".out", hiddenLayers(network, widths, input));
        }

        /** The first layer of `head` or `mark`, whose accumulators start from the pixel's position. */
        private float[] first(String network, int pixel, float[] input) {
            final float[] position = tensors.get(network + ".position");
            final int width = position.length / description.pixels;
            final float[] acc = Arrays.copyOfRange(position, pixel * width, (pixel + 1) * width);
            return activate(input.length == 0 ? acc : accumulate(tensors.get(network + ".0.weight"), input, acc));
        }

        /** The layers behind the first one, each with the values of the channels before as its last inputs. */
        private float[] tail(String network, int[] widths, float[] trunk, float[] before) {
            float[] x = trunk;
            for (int i = 1; i < widths.length; i++) {
                x = activate(dense(network + "." + i, concat(x, before)));
            }
            return dense(network + ".out", concat(x, before));
        }
    }

    private static float[] activate(float[] x, boolean sqlu) {
        for (int i = 0; i < x.length; i++) {
            if (sqlu) {
                final float v = x[i] > -2 ? x[i] : -2;
                final float m = v < 0 ? v : 0;
                x[i] = Math.fma(m * 0.25f, m, v);
            } else {
                x[i] = x[i] > 0 ? x[i] : exp(x[i]) - 1;
            }
        }
        return x;
    }

    private static float[] concat(float[] a, float[] b) {
        final float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** A JSON value whose members are taken out one by one: what is left over was not expected. */
    private static final class Json {

        private final Object value;

        private Json(Object value) {
            this.value = value;
        }

        static Json parse(byte[] utf8) {
            try (JsonReader reader = new JsonReader(new StringReader(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString()))) {
                reader.setStrictness(Strictness.STRICT);
                final Json json = read(reader);
                require(reader.peek() == JsonToken.END_DOCUMENT, "text behind the JSON object");
                return json;
            } catch (IOException e) {
                throw damaged("malformed JSON: " + e.getMessage());
            }
        }

        private static Json read(JsonReader in) throws IOException {
            switch (in.peek()) {
                case BEGIN_OBJECT -> {
                    final Map<String, Json> members = new LinkedHashMap<>();
                    in.beginObject();
                    while (in.hasNext()) {
                        require(members.put(in.nextName(), read(in)) == null, "a JSON member twice");
                    }
                    in.endObject();
                    return new Json(members);
                }
                case BEGIN_ARRAY -> {
                    final List<Json> elements = new ArrayList<>();
                    in.beginArray();
                    while (in.hasNext()) {
                        elements.add(read(in));
                    }
                    in.endArray();
                    return new Json(elements);
                }
                case NUMBER -> {
                    return new Json(new StringBuilder(in.nextString()));
                }
                case STRING -> {
                    return new Json(in.nextString());
                }
                case BOOLEAN -> {
                    return new Json(in.nextBoolean());
                }
                default -> throw damaged("unexpected JSON");
            }
        }

        private <T> T as(Class<T> type) {
            require(type.isInstance(value), "JSON of another type");
            return type.cast(value);
        }

        @SuppressWarnings("unchecked")
        Map<String, Json> members() {
            return as(Map.class);
        }

        @SuppressWarnings("unchecked")
        List<Json> elements() {
            return as(List.class);
        }

        boolean isArray() {
            return value instanceof List;
        }

        boolean has(String name) {
            return members().containsKey(name);
        }

        Json take(String name) {
            final Json member = members().remove(name);
            require(member != null, "the JSON member \"" + name + "\" is missing");
            return member;
        }

        Json takeOr(String name, Json absent) {
            return has(name) ? take(name) : absent;
        }

        boolean flag(String name) {
            return has(name) && take(name).as(Boolean.class);
        }

        void end() {
            if (!members().isEmpty()) {
                throw unsupported("unknown members of the description: " + members().keySet());
            }
        }

        String text() {
            return as(String.class);
        }

        int integer(int least, int most) {
            final String digits = as(StringBuilder.class).toString();
            require(digits.matches("0|[1-9][0-9]{0,9}"), "an integer in JSON");
            final long number = Long.parseLong(digits);
            require(number >= least && number <= most, "an integer out of range");
            return (int) number;
        }

        int[] integers(int leastCount, int mostCount, int least, int most) {
            require(elements().size() >= leastCount && elements().size() <= mostCount, "length of a list");
            return elements().stream().mapToInt(e -> e.integer(least, most)).toArray();
        }
    }

    // ---------------------------------------------------------------- "Model payload"

    private static final class Payload {

        private final Model model;
        private final Description d;
        private final int records;
        private final Chain chain;
        private final Stack stack;
        /** By how many fronts a pixel is before the one below it. */
        private final int step;
        /** Of unordered records, those that are not drawn; -1 of ordered ones. */
        private final int undrawn;
        /** Null without learning. */
        private final LevelCounts counts;
        /** Three bits a record; null where none is turned. */
        private final byte[] turns;
        private float[][][] weights;

        Payload(Model model, Bytes in, int records, boolean unordered) {
            this.model = model;
            this.d = model.description;
            this.records = records;
            final int first = in.u8();
            final int second = in.u8();
            require((first & 7) <= 5 && first < 128 && (second & 64) == 0, "reserved bits of the payload");
            final int heads = 1 << (first & 7);
            final int lanes = 1 << (first >> 3 & 7);
            final int growth = (second & 15) + 1;
            final boolean ramp = (second & 16) != 0;
            final boolean fronts = (second & 32) != 0;
            final boolean turned = first >= 64;
            final int plain = plain(in);
            require(plain >= 1 && plain <= records, "number of plain records");
            undrawn = unordered ? plain(in) : -1;
            require(undrawn != 0 && undrawn <= plain, "number of records that are not drawn");
            require(d.latents.length > 0 || plain == records, "records with latents, but a model without");
            require(!ramp || d.latents.length >= 2, "a ramp without layers of latents");
            require(lanes == 1 || (long) lanes * d.dims <= 1 << 22 && lanes * d.kept() <= 1 << 24,
                    "too many lanes");
            step = d.window == null ? 0 : 1 + Math.max(d.relative ? 1 : 0,
                    Math.max(d.window.radius, d.blocks > 0 ? d.blockView.radius : 0));
            if (fronts) {
                require(d.window != null && d.height >= 2 && d.width > step, "fronts in records that have none");
                require((long) lanes * d.pixels * d.features <= 1 << 24
                        && (d.blocks == 0 || (long) lanes * d.pixels * d.blocks * d.hidden[0] <= 1 << 24),
                        "too many lanes for fronts");
            }
            require(second < 128 || d.kind.equals("hurdle") && !fronts && !unordered, "nothing that could be learnt");
            counts = second < 128 ? null : new LevelCounts(records);
            chain = new Chain(heads, lanes, growth, ramp, fronts, plain,
                    groups(records, plain, undrawn, growth, lanes));
            require(!turned || d.window != null && !unordered, "records turned that have no rows, or no order");
            final long turnBytes = turned ? (3L * records + 7) / 8 : 0;
            require(turnBytes <= in.left(), "too short for how records are turned");
            stack = new Stack(new Bytes(in.take(in.left() - turnBytes)), heads);
            turns = turned ? in.take(turnBytes) : null;
            require(!turned || 3 * records % 8 == 0 || (turns[turns.length - 1] & 255) >> 3 * records % 8 == 0,
                    "bits behind the last record's turn");
        }

        /** "Turned records": the record whose turned one has these levels. */
        private int[] turnedBack(int[] levels, int record) {
            int way = 0;
            for (int bit = 0; bit < 3; bit++) {
                final int at = 3 * record + bit;
                way |= (turns[at / 8] >> at % 8 & 1) << bit;
            }
            require(way < 4 || d.height == d.width, "a record transposed that is no square");
            final int[] back = new int[levels.length];
            for (int i = 0; i < back.length; i++) {
                final int c = i % d.channels;
                int x = i / d.channels % d.width;
                int y = i / d.channels / d.width;
                x = way % 2 == 1 ? d.width - 1 - x : x;
                y = way / 2 % 2 == 1 ? d.height - 1 - y : y;
                back[i] = levels[(way < 4 ? y * d.width + x : x * d.width + y) * d.channels + c];
            }
            return back;
        }

        /** "Groups": their sizes in the order of coding. */
        private static List<Integer> groups(int records, int plain, int undrawn, int growth, int lanes) {
            final List<Integer> groups = new ArrayList<>();
            for (int coded = 0; coded < records; coded += groups.get(groups.size() - 1)) {
                final long grown = Math.max(1, (long) coded * growth / 16);
                final long size = coded < undrawn ? undrawn - coded
                        : coded < plain ? undrawn >= 0 ? Math.min(grown, plain - coded) : plain - coded
                                : Math.min(grown, records - coded);
                groups.add((int) Math.min(lanes, size));
            }
            return groups;
        }

        private static int plain(Bytes in) {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                final int b = in.u8();
                value |= (b & 0x7f) << (7 * i);
                if (b < 0x80) {
                    require(b != 0 || i == 0, "a superfluous byte in the number of plain records");
                    return value;
                }
            }
            throw damaged("the number of plain records has more than four bytes");
        }

        /** The levels of all records. */
        int[][] decode() {
            final int[][] levels = new int[records][];
            final Multiset set = new Multiset();
            int coded = records;
            for (int i = chain.groups.size() - 1; i >= 0; i--) {
                final int size = chain.groups.get(i);
                coded -= size;
                final Lane[] group = new Lane[size];
                Arrays.setAll(group, j -> new Lane(d));
                decode(group, depth(coded));
                for (int j = 0; j < size; j++) {
                    final int record = records - coded - size + j;
                    levels[record] = turns == null ? group[j].level : turnedBack(group[j].level, record);
                }
                for (int j = size - 1; j >= 0 && undrawn > 0; j--) {
                    set.add(group[j].level, stack, j % chain.heads, coded >= undrawn);
                }
            }
            require(stack.isInitial(), "the stack is not the initial one in the end");
            return levels;
        }

        /** "Depth": how many of the upper layers a group has latents of. */
        private int depth(int coded) {
            final int layers = d.latents.length;
            return chain.ramp ? Math.min(layers, coded / chain.plain) : coded < chain.plain ? 0 : layers;
        }

        /** "Decoding a group". */
        private void decode(Lane[] group, int depth) {
            final int size = group.length;
            final int layers = d.latents.length;
            final int lowest = layers - depth + 1;
            // Symbol i * size + j is latent i of lane j, those of the top layer first.
            int latents = 0;
            for (int k = lowest; k <= layers; k++) {
                latents += d.latents[k - 1];
            }
            final int[] buckets = stack.pop(latents * size, i -> UNIFORM);
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = 3053 * (buckets[i] + 4096 - 1117) % 4096;
            }
            for (int j = 0; j < size; j++) {
                numbers(group[j], lowest, buckets, j, size);
            }
            weights = LevelCounts.firstWeights();
            for (int[] piece : pieces(size)) {
                decode(group, piece);
            }
            // One batch a layer, the top layer last.
            int end = buckets.length;
            for (int k = lowest; k <= layers; k++) {
                final int width = d.latents[k - 1];
                final Distribution[] posterior = new Distribution[width * size];
                for (int j = 0; j < size; j++) {
                    final float[] output = posterior(group[j], k);
                    for (int i = 0; i < width; i++) {
                        posterior[i * size + j] = gaussian(output[i], output[width + i]);
                    }
                }
                stack.push(Arrays.copyOfRange(buckets, end - posterior.length, end), i -> posterior[i]);
                end -= posterior.length;
            }
        }

        // ------------------------------------------------------------ "The forward pass": latents

        private static float deviation(float output) {
            return exp(clamp(output, -6, 1));
        }

        /** Sets the numbers of a lane's latents, those of layers below {@code lowest} at their median, and features. */
        private void numbers(Lane lane, int lowest, int[] buckets, int j, int size) {
            final int layers = d.latents.length;
            int latent = 0;
            for (int k = layers; k >= 1; k--) {
                final int width = d.latents[k - 1];
                final float[] prior = k == layers ? null
                        : model.outputs("prior." + k, d.priors.get(k - 1), lane.z[k]);
                final float[] z = new float[width];
                for (int i = 0; i < width; i++) {
                    if (k < lowest) {
                        z[i] = k == layers ? 0 : prior[i];
                    } else {
                        final float centre = centre(buckets[latent++ * size + j]);
                        z[i] = k == layers ? centre : Math.fma(deviation(prior[width + i]), centre, prior[i]);
                    }
                }
                lane.z[k - 1] = z;
            }
            lane.features = layers == 0 ? new float[0] : model.outputs("decoder", d.decoder, lane.z[0]);
        }

        /** The means of layer k's posterior, then its deviations. */
        private float[] posterior(Lane lane, int k) {
            if (lane.encoded == null) {
                final float[] numbers = new float[d.dims];
                for (int i = 0; i < d.dims; i++) {
                    numbers[i] = number(lane.level[i]);
                }
                lane.encoded = model.hiddenLayers("encoder", d.encoder, numbers);
            }
            final int width = d.latents[k - 1];
            if (k < d.latents.length && d.products.get(k - 1)) {
                final float[] e = model.outputs("evidence." + k, d.posteriors.get(k - 1), lane.encoded);
                final float[] p = model.outputs("prior." + k, d.priors.get(k - 1), lane.z[k]);
                for (int i = 0; i < width; i++) {
                    final float s = deviation(p[width + i]);
                    final float b = exp(clamp(e[width + i], -6, 4));
                    final float sum = Math.fma(b, b, s * s);
                    e[i] = (e[i] - p[i]) * s / sum;
                    e[width + i] = b / (float) Math.sqrt(sum);
                }
                return e;
            }
            final float[] output = k == d.latents.length ? model.dense("encoder.out", lane.encoded)
                    : model.outputs("posterior." + k, d.posteriors.get(k - 1), concat(lane.encoded, lane.z[k]));
            for (int i = 0; i < width; i++) {
                output[width + i] = deviation(output[width + i]);
            }
            return output;
        }

        private float number(int level) {
            return (float) level / (d.levels - 1);
        }

        // ------------------------------------------------------------ "Fronts and pieces"

        /** The pixels of each piece of a group of some records. */
        private List<int[]> pieces(int size) {
            final List<int[]> pieces = new ArrayList<>();
            final int most = chain.fronts ? Math.max(1, 128 / size) : 1;
            final int fronts = chain.fronts ? d.width + step * (d.height - 1) : d.pixels;
            for (int front = 0; front < fronts; front++) {
                final int[] pixels = chain.fronts ? front(front) : new int[] {front};
                for (int from = 0; from < pixels.length; from += most) {
                    pieces.add(Arrays.copyOfRange(pixels, from, Math.min(pixels.length, from + most)));
                }
            }
            return pieces;
        }

        /** The pixels (y, x) with x + step * y = front, for ascending y. */
        private int[] front(int front) {
            return IntStream.range(0, d.height).filter(y -> front >= step * y && front - step * y < d.width)
                    .map(y -> y * d.width + front - step * y).toArray();
        }

        /** Pops the samples of a piece: symbol q * size + j of a batch is that of the piece's pixel q in lane j. */
        private void decode(Lane[] group, int[] piece) {
            final int size = group.length;
            final int symbols = piece.length * size;
            final boolean hurdle = d.kind.equals("hurdle");
            final float[][] trunk = new float[symbols][];
            final float[] mark = new float[symbols];
            for (int i = 0; i < symbols; i++) {
                final Lane lane = group[i % size];
                final int pixel = piece[i / size];
                trunk[i] = d.hidden.length == 0 ? null : trunk(lane, pixel);
                if (hurdle) {
                    mark[i] = d.mark == null ? model.dense("mark.out", trunk[i])[0]
                            : model.tail("mark", d.mark, model.first("mark", pixel, inputs(lane, pixel)),
                                    new float[0])[0];
                }
            }
            for (int c = 0; c < d.channels; c++) {
                final int channel = c;
                // The symbols that have a level to be decoded; in a hurdle, those with a mark of 1.
                int[] of = IntStream.range(0, symbols).toArray();
                if (hurdle) {
                    final int[] marks = stack.pop(symbols, i -> bernoulli(mark[i]));
                    of = IntStream.range(0, symbols).filter(i -> marks[i] == 1).toArray();
                }
                final int[] index = of;
                final IntFunction<Distribution> distribution =
                        i -> distribution(group[index[i] % size], piece[index[i] / size], channel, trunk[index[i]]);
                final int[] levels = counts == null ? stack.pop(index.length, distribution)
                        : learnt(group, index, piece[0], distribution);
                for (int i = 0; i < index.length; i++) {
                    group[index[i] % size].level[piece[index[i] / size] * d.channels + c] = levels[i];
                }
            }
            for (int i = 0; i < symbols; i++) {
                group[i % size].count(piece[i / size]);
            }
        }

        // ------------------------------------------------------------ "Learning"

        /** Pops levels of lanes at a pixel, bit by bit. */
        private int[] learnt(Lane[] group, int[] lanes, int pixel, IntFunction<Distribution> distribution) {
            final int n = lanes.length;
            final Distribution[] f = IntStream.range(0, n).mapToObj(distribution).toArray(Distribution[]::new);
            final int[][] key = new int[n][];
            Arrays.setAll(key, s -> keys(group[lanes[s]], pixel));
            final int[] node = new int[n];
            final int[] lo = new int[n];
            final int[] hi = new int[n];
            Arrays.fill(node, 1);
            Arrays.fill(hi, 1 << 24);
            final int[][] place = new int[n][8];
            for (int depth = 0; depth < 8; depth++) {
                final int m = 1 << 7 - depth;
                final int[] cut = new int[n];
                final int[] one = new int[n];
                final float[] pr = new float[n];
                final float[][] x = new float[n][9];
                final float[][] w = new float[n][];
                if (depth == 2 || depth == 5) {
                    for (int s = 0; s < n; s++) {
                        for (int i = 0; i < 8; i++) {
                            place[s][i] = counts.place(i, hash(key[s][i], node[s]));
                        }
                    }
                }
                final int since = depth < 5 ? depth - 2 : depth - 5;
                final int[] within = new int[n];
                for (int s = 0; s < n; s++) {
                    cut[s] = f[s].cumulative((2 * node[s] + 1) * m - 256);
                    if (depth < 2) {
                        one[s] = (int) ((long) (hi[s] - cut[s]) * (1 << 24) / (hi[s] - lo[s]));
                        continue;
                    }
                    within[s] = 1 << since | node[s] & (1 << since) - 1;
                    x[s][0] = (log2((float) (hi[s] - cut[s])) - log2((float) (cut[s] - lo[s]))) * 0.6931472f;
                    w[s] = weights[depth][Math.min(3, (int) magnitude(x[s][0]) / 2)];
                    float dot = w[s][0] * x[s][0];
                    for (int i = 0; i < 8; i++) {
                        x[s][1 + i] = counts.input(i, place[s][i], within[s]);
                        dot = Math.fma(w[s][1 + i], x[s][1 + i], dot);
                    }
                    pr[s] = table(Math.fma(clamp(dot, -11.99f, 11.99f), 32, 512));
                    one[s] = (int) (pr[s] * (1 << 24));
                }
                final int[] bits = stack.pop(n,
                        s -> new Distribution(2, i -> (1 << 24) - Math.min(Math.max(one[s], 1), (1 << 24) - 1)));
                for (int s = 0; s < n; s++) {
                    node[s] = 2 * node[s] + bits[s];
                    lo[s] = bits[s] == 1 ? cut[s] : lo[s];
                    hi[s] = bits[s] == 0 ? cut[s] : hi[s];
                    final float step = (bits[s] - pr[s]) * 0.003f;
                    for (int i = 0; i < 9 && depth >= 2; i++) {
                        w[s][i] = Math.fma(step, x[s][i], w[s][i]);
                    }
                    for (int i = 0; i < 8 && depth >= 2; i++) {
                        counts.learn(i, place[s][i], within[s], bits[s]);
                    }
                }
            }
            return Arrays.stream(node).map(v -> v - 256).toArray();
        }

        private int[] keys(Lane lane, int pixel) {
            final int[][] offsets = {{0, -1}, {-1, 0}, {-1, -1}, {-1, 1}, {0, -2}, {-2, 0}};
            final int[] v = Arrays.stream(offsets).mapToInt(o -> neighbour(pixel, o))
                    .map(q -> q < 0 ? 0 : lane.level[q]).toArray();
            final int sides = v[0] << 16 | v[1];
            return new int[] {hash(sides, 0), hash(sides, v[2]), hash(sides, v[2] << 16 | v[3]), hash(pixel, 0),
                hash(sides, v[3]), hash(v[1] << 16 | v[2], v[3]), hash(v[0] << 16 | v[4], 0),
                hash(v[1] << 16 | v[5], 0)};
        }

        // ------------------------------------------------------------ "The forward pass": the predictor

        /** The pixel at an offset from another one, or -1 outside of the record. */
        private int neighbour(int pixel, int[] offset) {
            final int y = pixel / d.width + offset[0];
            final int x = pixel % d.width + offset[1];
            return y < 0 || x < 0 || x >= d.width ? -1 : y * d.width + x;
        }

        /** The mean level of a channel over those of four neighbours that lie in the record. */
        private float reference(Lane lane, int pixel, int channel) {
            int sum = 0;
            int number = 0;
            for (int[] offset : new int[][] {{0, -1}, {-1, -1}, {-1, 0}, {-1, 1}}) {
                final int q = neighbour(pixel, offset);
                if (q >= 0) {
                    sum += lane.level[q * d.channels + channel];
                    number++;
                }
            }
            return number == 0 ? 127.5f : (float) sum / number;
        }

        /** The value of channel c of pixel q, as pixel p sees it. */
        private float value(Lane lane, int p, int q, int c) {
            final int level = lane.level[q * d.channels + c];
            return d.relative ? (level - reference(lane, p, c)) * (1 / 32f) : number(level);
        }

        /** "Trunk": features, neighbours' values, their marks, references. */
        private float[] inputs(Lane lane, int pixel) {
            final float[] input = new float[d.features + d.seen()];
            System.arraycopy(lane.features, pixel * d.features, input, 0, d.features);
            if (d.window == null) {
                return input;
            }
            final List<int[]> neighbours = model.neighbours;
            int at = d.features;
            for (int[] offset : neighbours) {
                final int q = neighbour(pixel, offset);
                for (int c = 0; c < d.channels; c++) {
                    if (q >= 0) {
                        input[at] = value(lane, pixel, q, c);
                        if (d.marks) {
                            input[at + neighbours.size() * d.channels] =
                                    lane.level[q * d.channels + c] != 0 ? 1 : 0;
                        }
                    }
                    at++;
                }
            }
            if (d.relative) {
                for (int c = 0; c < d.channels; c++) {
                    input[at + c] = reference(lane, pixel, c) * (1 / 127.5f) - 1;
                }
            }
            return input;
        }

        /** The first hidden layer and the blocks. The blocks' inputs are kept for the pixels that follow. */
        private float[] trunk(Lane lane, int pixel) {
            float[] h = model.first("head", pixel, inputs(lane, pixel));
            final int width = h.length;
            for (int b = 0; b < d.blocks; b++) {
                lane.h[b][pixel] = h;
                final float[] taps = new float[(model.taps.size() + 1) * width];
                for (int t = 0; t < model.taps.size(); t++) {
                    final int q = neighbour(pixel, model.taps.get(t));
                    if (q >= 0) {
                        System.arraycopy(lane.h[b][q], 0, taps, t * width, width);
                    }
                }
                System.arraycopy(h, 0, taps, model.taps.size() * width, width);
                final float[] sum = model.activate(model.dense("head.block." + b, taps));
                for (int o = 0; o < width; o++) {
                    sum[o] = h[o] + sum[o];
                }
                h = sum;
            }
            return h;
        }

        /** "Tails", "Likelihood": the distribution of the level of channel c of a pixel. */
        private Distribution distribution(Lane lane, int pixel, int c, float[] trunk) {
            final float[] output;
            if (d.hidden.length == 0) {
                output = inputs(lane, pixel);
            } else {
                final float[] before = new float[c];
                for (int i = 0; i < c; i++) {
                    before[i] = value(lane, pixel, pixel, i);
                }
                output = model.tail(d.tail(c), d.hidden, trunk, before);
            }
            return switch (d.kind) {
                case "bernoulli" -> bernoulli(output[0]);
                case "logistic-mixture" -> mixture(output, lane, pixel, c);
                default -> categorical(output, lane.counts[c]);
            };
        }

        private Distribution categorical(float[] output, int[] counts) {
            final float[] logits = model.dense("table", Arrays.copyOf(output, d.rank));
            for (int v = 0; v < logits.length; v++) {
                if (d.palette > 0 && counts[v] > 0) {
                    logits[v] += output[d.rank + Math.min(counts[v], d.palette) - 1];
                }
            }
            return PlainDecoder.categorical(logits);
        }

        private Distribution mixture(float[] output, Lane lane, int pixel, int c) {
            final int n = d.components;
            final float[] mean = new float[n];
            final float[] scale = new float[n];
            for (int k = 0; k < n; k++) {
                mean[k] = d.relative ? reference(lane, pixel, c) + 32 * output[n + k]
                        : 127.5f * (output[n + k] + 1);
                scale[k] = 127.5f * exp(clamp(output[2 * n + k] - 3, -7, 3));
            }
            return PlainDecoder.mixture(d.levels, Arrays.copyOf(output, n), mean, scale);
        }
    }

    /** A record while it is decoded. */
    // ---------------------------------------------------------------- "The family diffusion"

    private static final class Diffusion implements PathModel {

        private final int height;
        private final int width;
        private final int steps;
        private final int channels;
        private final int blocks;
        private final int rank;
        private final boolean sqlu;
        private final Map<String, float[]> tensors;

        Diffusion(ModelFile file, Json json) {
            Description.known(json.take("version").integer(0, 1 << 30) == 1, "version");
            json.take("family");
            Description.check(json.take("name").text().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "name");
            final int[] shape = json.take("shape").integers(2, 2, 2, 256);
            height = shape[0];
            width = shape[1];
            Description.check(height % 2 == 0 && width % 2 == 0, "shape");
            steps = json.take("steps").integer(2, 64);
            channels = json.take("channels").integer(1, 256);
            blocks = json.take("blocks").integer(1, 16);
            rank = json.take("rank").integer(1, 63);
            sqlu = json.has("activation");
            Description.known(!sqlu || json.take("activation").text().equals("sqlu"), "activation");
            json.end();
            final Map<String, int[]> shapes = new LinkedHashMap<>();
            shapes.put("schedule", new int[] {steps, 5});
            shapes.put("values", new int[] {256});
            shapes.put("plain", new int[] {256});
            shapes.put("input.position", new int[] {height / 2 * (width / 2), channels});
            shapes.put("input.weight", new int[] {36, channels});
            for (int b = 0; b < blocks; b++) {
                shapes.put("block." + b + ".0.weight", new int[] {9 * channels, channels});
                shapes.put("block." + b + ".0.bias", new int[] {steps, channels});
                shapes.put("block." + b + ".1.weight", new int[] {9 * channels, channels});
                shapes.put("block." + b + ".1.bias", new int[] {channels});
            }
            shapes.put("step.weight", new int[] {channels, 8});
            shapes.put("step.bias", new int[] {steps, 8});
            shapes.put("last.weight", new int[] {channels, 4 * rank});
            shapes.put("last.bias", new int[] {4 * rank});
            shapes.put("table.weight", new int[] {rank + 1, 256});
            shapes.put("table.bias", new int[] {256});
            tensors = file.tensors(shapes);
        }

        @Override
        public int dims() {
            return height * width;
        }

        @Override
        public float[] plain() {
            return tensors.get("plain");
        }

        @Override
        public int[] record(Stack stack) {
            final Distribution[] last = new Distribution[dims()];
            Arrays.fill(last, UNIFORM);
            int[] earlier = pop(stack, last);
            for (int t = steps; t >= 1; t--) {
                final float[] x = new float[earlier.length];
                for (int i = 0; i < x.length; i++) {
                    x[i] = centre(earlier[i]);
                }
                final int[] later = pop(stack, t == 1 ? levels(x) : states(t, x));
                for (int i = 0; i < x.length; i++) {
                    x[i] = t == 1 ? tensors.get("values")[later[i]] : centre(later[i]);
                }
                pushMixing(stack, t * dims(), earlier, noisy(t, x));
                earlier = later;
            }
            return earlier;
        }

        private float constant(int t, int i) {
            return tensors.get("schedule")[(t - 1) * 5 + i];
        }

        /** Row t of a tensor of biases for every step. */
        private float[] bias(String tensor, int t, int n) {
            return Arrays.copyOfRange(tensors.get(tensor), (t - 1) * n, t * n);
        }

        private int cell(int pixel) {
            return pixel / width / 2 * (width / 2) + pixel % width / 2;
        }

        private int place(int pixel) {
            return pixel / width % 2 * 2 + pixel % width % 2;
        }

        private float[][] convolution(String weight, float[][] cells, IntFunction<float[]> bias) {
            final float[][] out = new float[cells.length][];
            Arrays.setAll(out,
                    c -> Model.accumulate(tensors.get(weight), around(cells, c, height / 2, width / 2), bias.apply(c)));
            return out;
        }

        /** The channels of every cell, activated, given x_t. */
        private float[][] trunk(int t, float[] x) {
            final float[][] state = new float[dims() / 4][4];
            for (int i = 0; i < x.length; i++) {
                state[cell(i)][place(i)] = x[i];
            }
            final float[] position = tensors.get("input.position");
            final float[][] h = convolution("input.weight", state,
                    c -> Arrays.copyOfRange(position, c * channels, (c + 1) * channels));
            for (int b = 0; b < blocks; b++) {
                final String block = "block." + b;
                final float[][] u = convolution(block + ".0.weight", activated(h, sqlu),
                        c -> bias(block + ".0.bias", t, channels));
                final float[][] v = convolution(block + ".1.weight", activated(u, sqlu),
                        c -> tensors.get(block + ".1.bias").clone());
                for (int c = 0; c < h.length; c++) {
                    for (int i = 0; i < channels; i++) {
                        h[c][i] += v[c][i];
                    }
                }
            }
            return activated(h, sqlu);
        }

        /** p(x_0 | x_1). */
        private Distribution[] levels(float[] x) {
            final float[][] trunk = trunk(1, x);
            final Distribution[] all = new Distribution[x.length];
            for (int i = 0; i < x.length; i++) {
                final float[] factors = Model.accumulate(tensors.get("last.weight"), trunk[cell(i)],
                        tensors.get("last.bias").clone());
                final float[] own = Arrays.copyOfRange(factors, place(i) * rank, (place(i) + 1) * rank + 1);
                own[rank] = x[i];
                all[i] = categorical(Model.accumulate(tensors.get("table.weight"), own,
                        tensors.get("table.bias").clone()));
            }
            return all;
        }

        /** p(x_(t-1) | x_t), for t >= 2. */
        private Distribution[] states(int t, float[] x) {
            final float[][] trunk = trunk(t, x);
            final Distribution[] all = new Distribution[x.length];
            for (int i = 0; i < x.length; i++) {
                final float[] out = Model.accumulate(tensors.get("step.weight"), trunk[cell(i)],
                        bias("step.bias", t, 8));
                all[i] = gaussian(Math.fma(constant(t, 3), out[place(i)], constant(t, 2) * x[i]),
                        constant(t, 4) * exp(clamp(out[4 + place(i)], -2, 8)));
            }
            return all;
        }

        /** q(x_t | x_(t-1)). */
        private Distribution[] noisy(int t, float[] x) {
            final Distribution[] all = new Distribution[x.length];
            Arrays.setAll(all, i -> gaussian(constant(t, 0) * x[i], constant(t, 1)));
            return all;
        }
    }

    /** A model of states as large as the record, whose groups have one record. */
    private interface PathModel {

        int dims();

        /** Logits of the levels of a plain record. */
        float[] plain();

        /** Decodes a record that is not plain. */
        int[] record(Stack stack);
    }

    private static int[] pop(Stack stack, Distribution[] distributions) {
        return stack.pop(distributions.length, i -> distributions[i]);
    }

    /** Pushes runs of as many symbols as there are heads, the last run first, and mixes the heads after each. */
    private static void pushMixing(Stack stack, int key, int[] symbols, Distribution[] distributions) {
        final int heads = stack.head.length;
        for (int j = (symbols.length - 1) / heads * heads; j >= 0; j -= heads) {
            final int from = j;
            stack.push(Arrays.copyOfRange(symbols, j, Math.min(symbols.length, j + heads)),
                    i -> distributions[from + i]);
            stack.mix(key + j);
        }
    }

    /** "Model payload", of a model whose groups have one record. */
    private static final class PathPayload {

        private final PathModel model;
        private final Chain chain;
        private final Stack stack;
        private final int records;
        /** Of an unordered block, the records that are not drawn; else -1. */
        private final int undrawn;

        PathPayload(PathModel model, Bytes in, int records, boolean unordered) {
            this.model = model;
            this.records = records;
            final int first = in.u8();
            final int second = in.u8();
            require(first <= 5, "more than one lane, or reserved bits of the payload");
            require(second < 16, "flags of the payload");
            final int plain = Payload.plain(in);
            require(plain >= 1 && plain <= records, "number of plain records");
            undrawn = unordered ? Payload.plain(in) : -1;
            require(undrawn != 0 && undrawn <= plain, "number of records that are not drawn");
            final List<Integer> groups = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                groups.add(1);
            }
            chain = new Chain(1 << first, 1, second + 1, false, false, plain, groups);
            stack = new Stack(in, 1 << first);
        }

        int[][] decode() {
            final int[][] levels = new int[records][];
            final Multiset set = new Multiset();
            final Distribution plain = categorical(model.plain());
            for (int r = 0; r < records; r++) {
                final int coded = records - 1 - r;
                levels[r] = coded < chain.plain ? stack.pop(model.dims(), i -> plain) : model.record(stack);
                if (undrawn > 0) {
                    set.add(levels[r], stack, 0, coded >= undrawn);
                }
            }
            require(stack.isInitial(), "the stack is not the initial one in the end");
            return levels;
        }
    }

    // ---------------------------------------------------------------- "The family flow"

    private static final class Flow implements PathModel {

        private static final int BIN_BITS = 11;
        private static final int UNIT = 4096;
        private static final float BIN = 1f / (1 << BIN_BITS);

        private final int height;
        private final int width;
        private final int[] even;
        private final int[] odd;
        private final int channels;
        private final int blocks;
        private final boolean sqlu;
        private final Map<String, float[]> tensors;
        private final int[] edges = new int[257];

        Flow(ModelFile file, Json json) {
            Description.known(json.take("version").integer(0, 1 << 30) == 1, "version");
            json.take("family");
            Description.check(json.take("name").text().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "name");
            final int[] shape = json.take("shape").integers(2, 2, 4, 256);
            height = shape[0];
            width = shape[1];
            Description.check(height % 4 == 0 && width % 4 == 0, "shape");
            even = json.take("even").integers(1, 32, 0, 65535);
            odd = json.take("odd").integers(1, 32, 0, 65535);
            Description.check(even.length == odd.length, "even and odd");
            for (int k = 0; k < even.length; k++) {
                Description.check(even[k] + odd[k] > 0 && even[k] + odd[k] < 2 * 65535, "a coupling");
            }
            for (int p = 0; p < 16; p++) {
                final int bit = p;
                Description.check(Arrays.stream(even).filter(m -> (m >> bit & 1) == 1).count() <= 5
                        && Arrays.stream(odd).filter(m -> (m >> bit & 1) == 1).count() <= 5, "changes of a pixel");
            }
            channels = json.take("channels").integer(1, 256);
            blocks = json.take("blocks").integer(0, 16);
            sqlu = json.has("activation");
            Description.known(!sqlu || json.take("activation").text().equals("sqlu"), "activation");
            json.end();
            final Map<String, int[]> shapes = new LinkedHashMap<>();
            shapes.put("edges", new int[] {257});
            shapes.put("plain", new int[] {256});
            shapes(shapes, "noise");
            for (int k = 0; k < even.length; k++) {
                shapes(shapes, "coupling." + k);
            }
            Description.check(shapes.values().stream().mapToLong(PlainDecoder::product).sum() <= 1 << 26,
                    "number of parameters");
            tensors = file.tensors(shapes);
            for (int v = 0; v <= 256; v++) {
                final float edge = tensors.get("edges")[v];
                edges[v] = (int) edge;
                require(edges[v] == edge && Math.abs(edge) <= 1 << 15 && (v == 0 || edges[v] > edges[v - 1]), "edges");
            }
        }

        private void shapes(Map<String, int[]> shapes, String network) {
            shapes.put(network + ".input.position", new int[] {dims() / 16, channels});
            shapes.put(network + ".input.weight", new int[] {144, channels});
            for (int b = 0; b < blocks; b++) {
                shapes.put(network + ".block." + b + ".0.weight", new int[] {9 * channels, channels});
                shapes.put(network + ".block." + b + ".0.bias", new int[] {channels});
                shapes.put(network + ".block." + b + ".1.weight", new int[] {channels, channels});
                shapes.put(network + ".block." + b + ".1.bias", new int[] {channels});
            }
            shapes.put(network + ".output.position", new int[] {dims() / 16, 32});
            shapes.put(network + ".output.weight", new int[] {channels, 32});
        }

        @Override
        public int dims() {
            return height * width;
        }

        @Override
        public float[] plain() {
            return tensors.get("plain");
        }

        private int cell(int pixel) {
            return pixel / width / 4 * (width / 4) + pixel % width / 4;
        }

        private int place(int pixel) {
            return pixel / width % 4 * 4 + pixel % width % 4;
        }

        private boolean changes(int coupling, int pixel) {
            final int parity = pixel / width / 4 + pixel % width / 4;
            return ((parity % 2 == 0 ? even : odd)[coupling] >> place(pixel) & 1) == 1;
        }

        private float[] row(String tensor, int cell) {
            final float[] all = tensors.get(tensor);
            final int n = all.length / (dims() / 16);
            return Arrays.copyOfRange(all, cell * n, (cell + 1) * n);
        }

        /** The outputs of a network at every cell. */
        private float[][] run(String network, float[] numbers) {
            final float[][] cells = new float[dims() / 16][16];
            for (int i = 0; i < numbers.length; i++) {
                cells[cell(i)][place(i)] = numbers[i];
            }
            final float[][] h = new float[cells.length][];
            Arrays.setAll(h, c -> Model.accumulate(tensors.get(network + ".input.weight"),
                    around(cells, c, height / 4, width / 4), row(network + ".input.position", c)));
            for (int b = 0; b < blocks; b++) {
                final String block = network + ".block." + b;
                final float[][] a = activated(h, sqlu);
                for (int c = 0; c < h.length; c++) {
                    final float[] u = activate(Model.accumulate(tensors.get(block + ".0.weight"),
                            around(a, c, height / 4, width / 4), tensors.get(block + ".0.bias").clone()), sqlu);
                    final float[] v = Model.accumulate(tensors.get(block + ".1.weight"), u,
                            tensors.get(block + ".1.bias").clone());
                    for (int i = 0; i < channels; i++) {
                        h[c][i] += v[i];
                    }
                }
            }
            final float[][] y = activated(h, sqlu);
            final float[][] out = new float[y.length][];
            Arrays.setAll(out, c -> Model.accumulate(tensors.get(network + ".output.weight"), y[c],
                    row(network + ".output.position", c)));
            return out;
        }

        @Override
        public int[] record(Stack stack) {
            int[] z = prior(stack);
            for (int k = even.length - 1; k >= 0; k--) {
                z = undo(k, z, stack);
            }
            final int[] levels = new int[z.length];
            for (int i = 0; i < z.length; i++) {
                require(z[i] >= edges[0] && z[i] < edges[256], "a value that no level has");
                while (edges[levels[i] + 1] <= z[i]) {
                    levels[i]++;
                }
            }
            noise(levels, z, stack);
            return levels;
        }

        private int[] prior(Stack stack) {
            final Distribution stretches = truncated(512, 32, 1024);
            final int[] stretch = stack.pop(dims(), i -> stretches);
            final int n = (int) Arrays.stream(stretch).filter(s -> s == 0 || s == 1023).count();
            final int[] beyond = stack.pop(n, i -> uniform(24));
            final int[] fine = stack.pop(dims(), i -> uniform(6));
            final int[] z = new int[dims()];
            int next = 0;
            for (int i = 0; i < z.length; i++) {
                int s = stretch[i];
                if (s == 0) {
                    s -= beyond[next++];
                } else if (s == 1023) {
                    s += beyond[next++];
                }
                z[i] = (s - 512) * 64 + fine[i];
            }
            return z;
        }

        /** From the values after a coupling to those before it. */
        private int[] undo(int k, int[] z, Stack stack) {
            final int[] changed = IntStream.range(0, dims()).filter(i -> changes(k, i)).toArray();
            final float[] seen = new float[dims()];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = changes(k, i) ? 0 : (z[i] + 0.5f) * BIN;
            }
            final float[][] out = run("coupling." + k, seen);
            final int n = changed.length;
            final int[] scale = new int[n];
            final int[] shift = new int[n];
            final Distribution[] before = new Distribution[n];
            for (int j = 0; j < n; j++) {
                final float[] o = out[cell(changed[j])];
                final int p = place(changed[j]);
                scale[j] = (int) Math.fma(exp(clamp(o[p], -2, 2)), 4096f, 0.5f);
                shift[j] = (int) (clamp(o[16 + p], -32, 32) * 2048);
                before[j] = parts(z[changed[j]] - shift[j], UNIT, scale[j]);
            }
            final int[] symbols = pop(stack, before);
            final int[] x = z.clone();
            final int[] pushed = new int[n];
            final Distribution[] after = new Distribution[n];
            for (int j = 0; j < n; j++) {
                final int i = changed[j];
                final long value = Math.floorDiv((long) (z[i] - shift[j]) * UNIT, (long) scale[j]) + symbols[j];
                require(Math.abs(value - symbols[j]) < 1 << 30, "a value that is too large");
                x[i] = (int) value;
                after[j] = parts(x[i], scale[j], UNIT);
                pushed[j] = (int) (z[i] - shift[j] - Math.floorDiv((long) x[i] * scale[j], (long) UNIT));
            }
            pushMixing(stack, (k + 2) * dims(), pushed, after);
            return x;
        }

        private void noise(int[] levels, int[] z, Stack stack) {
            final float[] middles = new float[levels.length];
            for (int i = 0; i < middles.length; i++) {
                middles[i] = (edges[levels[i]] + edges[levels[i] + 1]) * (0.5f * BIN);
            }
            final float[][] out = run("noise", middles);
            final int[] symbols = new int[levels.length];
            final Distribution[] all = new Distribution[levels.length];
            for (int i = 0; i < levels.length; i++) {
                final int n = edges[levels[i] + 1] - edges[levels[i]];
                final float[] o = out[cell(i)];
                final int p = place(i);
                all[i] = truncated(Math.fma(n, clamp(o[p], -0.75f, 0.75f), 0.5f * n),
                        n * exp(clamp(o[16 + p], -2.5f, 1)), n);
                symbols[i] = z[i] - edges[levels[i]];
            }
            pushMixing(stack, dims(), symbols, all);
        }
    }

    /** "Uniform", over 2^bits symbols. */
    private static Distribution uniform(int bits) {
        return new Distribution(1 << bits, i -> i << (24 - bits));
    }

    /** "Gaussian over bins, cut off". */
    static Distribution truncated(float mean, float deviation, int n) {
        final double inverse = 1 / (double) deviation;
        final double below = phi((0 - (double) mean) * inverse);
        final double scale = ((1 << 24) - 2 * n) / (phi((n - (double) mean) * inverse) - below);
        return new Distribution(n, i -> 2 * i + (int) ((phi((i - (double) mean) * inverse) - below) * scale));
    }

    /** "Parts of a bin". */
    static Distribution parts(int index, int width, int other) {
        final long low = (long) index * width;
        final long first = Math.floorDiv(low, (long) other);
        final long last = Math.floorDiv(low + width - 1, (long) other);
        return new Distribution((int) (last - first) + 1, i -> (int) ((((first + i) * other - low) << 24) / width));
    }

    private static float[][] activated(float[][] cells, boolean sqlu) {
        return Arrays.stream(cells).map(c -> activate(c.clone(), sqlu)).toArray(float[][]::new);
    }

    /** What a convolution sees of the cells around one. */
    private static float[] around(float[][] cells, int cell, int rows, int columns) {
        final int n = cells[0].length;
        final float[] seen = new float[9 * n];
        for (int tap = 0; tap < 9; tap++) {
            final int y = cell / columns + tap / 3 - 1;
            final int x = cell % columns + tap % 3 - 1;
            if (y >= 0 && y < rows && x >= 0 && x < columns) {
                System.arraycopy(cells[y * columns + x], 0, seen, tap * n, n);
            }
        }
        return seen;
    }

    // ---------------------------------------------------------------- "The family sde"

    private static final class Sde {

        private final int dims;
        private final int latents;
        private final int rank;
        private final boolean sqlu;
        private final Map<String, Integer> hidden = new LinkedHashMap<>();
        private final Map<String, float[]> tensors;

        Sde(ModelFile file, Json json) {
            Description.known(json.take("version").integer(0, 1 << 30) == 1, "version");
            json.take("family");
            Description.check(json.take("name").text().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "name");
            long product = 1;
            for (int extent : json.take("shape").integers(1, 4, 1, 1 << 16)) {
                product *= extent;
                Description.check(product <= 1 << 16, "shape");
            }
            dims = (int) product;
            latents = json.take("latents").integer(1, 256);
            final int[] encoder = json.take("encoder").integers(0, 4, 1, 1024);
            final int[] drift = json.take("drift").integers(0, 4, 1, 1024);
            final int[] decoder = json.take("decoder").integers(0, 4, 1, 1024);
            rank = json.take("rank").integer(1, 64);
            sqlu = json.has("activation");
            Description.known(!sqlu || json.take("activation").text().equals("sqlu"), "activation");
            json.end();
            final long last = decoder.length == 0 ? latents : decoder[decoder.length - 1];
            Description.check((last + 1) * dims * rank <= 1 << 26, "size of the decoder");
            final Map<String, int[]> shapes = new LinkedHashMap<>();
            shapes.put("plain", new int[] {256});
            network(shapes, "encoder", dims, encoder, 2 * latents);
            network(shapes, "forward", latents + 2, drift, latents);
            network(shapes, "backward", latents + 2, drift, latents);
            network(shapes, "decoder", latents, decoder, dims * rank);
            shapes.put("table.weight", new int[] {rank, 256});
            shapes.put("table.bias", new int[] {256});
            tensors = file.tensors(shapes);
        }

        private void network(Map<String, int[]> shapes, String name, int inputs, int[] widths, int outputs) {
            hidden.put(name, widths.length);
            int in = inputs;
            for (int i = 0; i <= widths.length; i++) {
                final int out = i < widths.length ? widths[i] : outputs;
                shapes.put(layer(name, i) + ".weight", new int[] {in, out});
                shapes.put(layer(name, i) + ".bias", new int[] {out});
                in = out;
            }
        }

        private String layer(String name, int i) {
            return name + "." + (i < hidden.get(name) ? Integer.toString(i) : "out");
        }

        private float[] run(String name, float[] input) {
            float[] x = input;
            for (int i = 0; i <= hidden.get(name); i++) {
                x = Model.accumulate(tensors.get(layer(name, i) + ".weight"), x,
                        tensors.get(layer(name, i) + ".bias").clone());
                if (i < hidden.get(name)) {
                    activate(x, sqlu);
                }
            }
            return x;
        }

        /** Where a step leads from z at time n / N. */
        private Distribution[] step(String net, float[] z, int n, int steps) {
            final float[] inputs = Arrays.copyOf(z, latents + 2);
            final float t = (float) n / steps;
            inputs[latents] = t;
            inputs[latents + 1] = t * t;
            final float[] y = run(net, inputs);
            final float h = 1f / steps;
            final float r = (float) Math.sqrt(h);
            final Distribution[] all = new Distribution[latents];
            Arrays.setAll(all, d -> gaussian(Math.fma(h, Math.fma(-0.5f, z[d], y[d]), z[d]), r));
            return all;
        }

        /** q(z_N | x). */
        private Distribution[] encoded(int[] levels) {
            final float[] x = new float[dims];
            for (int i = 0; i < dims; i++) {
                x[i] = levels[i] / 255f;
            }
            final float[] out = run("encoder", x);
            final Distribution[] all = new Distribution[latents];
            Arrays.setAll(all, d -> gaussian(out[d], exp(clamp(out[latents + d], -5, 1))));
            return all;
        }

        /** p(x | z_N). */
        private Distribution[] decoded(float[] z) {
            final float[] factors = run("decoder", z);
            final Distribution[] all = new Distribution[dims];
            Arrays.setAll(all, i -> categorical(Model.accumulate(tensors.get("table.weight"),
                    Arrays.copyOfRange(factors, i * rank, (i + 1) * rank), tensors.get("table.bias").clone())));
            return all;
        }
    }

    /** "Model payload", of a model in continuous time. */
    private static final class SdePayload {

        private final Sde model;
        private final Chain chain;
        private final Stack stack;
        private final int records;
        private final int steps;
        /** Of an unordered block, the records that are not drawn; else -1. */
        private final int undrawn;

        SdePayload(Sde model, Bytes in, int records, boolean unordered) {
            this.model = model;
            this.records = records;
            final int first = in.u8();
            final int second = in.u8();
            require((first & 7) <= 5 && first >> 3 <= 4, "heads or lanes of the payload");
            final int lanes = 1 << (first >> 3);
            require(lanes == 1 || lanes * model.dims <= 1 << 14, "too many lanes");
            require((second & 0xf0) == 0x40, "flags of the payload");
            final int growth = (second & 15) + 1;
            final int plain = Payload.plain(in);
            require(plain >= 1 && plain <= records, "number of plain records");
            undrawn = unordered ? Payload.plain(in) : -1;
            require(undrawn != 0 && undrawn <= plain, "number of records that are not drawn");
            steps = in.u8();
            require(steps >= 1 && steps <= 128, "number of steps");
            chain = new Chain(1 << (first & 7), lanes, growth, false, false, plain,
                    Payload.groups(records, plain, undrawn, growth, lanes));
            stack = new Stack(in, 1 << (first & 7));
        }

        int[][] decode() {
            final int[][] levels = new int[records][];
            final Multiset set = new Multiset();
            int coded = records;
            for (int g = chain.groups.size() - 1; g >= 0; g--) {
                final int size = chain.groups.get(g);
                coded -= size;
                final int[][] group = coded < chain.plain
                        ? pop(size, model.dims, j -> all(categorical(model.tensors.get("plain")))) : path(size);
                for (int j = 0; j < size; j++) {
                    levels[records - coded - size + j] = group[j];
                }
                for (int j = size - 1; j >= 0 && undrawn > 0; j--) {
                    set.add(group[j], stack, j % chain.heads, coded >= undrawn);
                }
            }
            require(stack.isInitial(), "the stack is not the initial one in the end");
            return levels;
        }

        private int[][] path(int size) {
            final Distribution[] first = new Distribution[model.latents];
            Arrays.fill(first, UNIFORM);
            int[][] before = pop(size, model.latents, j -> first);
            for (int n = 1; n <= steps; n++) {
                final int at = n;
                final int[][] from = before;
                final int[][] to = pop(size, model.latents,
                        j -> model.step("forward", numbers(from[j]), at - 1, steps));
                push(steps + 2 - n, from, j -> model.step("backward", numbers(to[j]), at, steps));
                before = to;
            }
            final int[][] last = before;
            final int[][] levels = pop(size, model.dims, j -> model.decoded(numbers(last[j])));
            push(1, last, j -> model.encoded(levels[j]));
            return levels;
        }

        private static float[] numbers(int[] buckets) {
            final float[] z = new float[buckets.length];
            for (int d = 0; d < z.length; d++) {
                z[d] = centre(buckets[d]);
            }
            return z;
        }

        private Distribution[] all(Distribution one) {
            final Distribution[] all = new Distribution[model.dims];
            Arrays.fill(all, one);
            return all;
        }

        /** The symbols of each lane. */
        private int[][] pop(int size, int n, IntFunction<Distribution[]> lane) {
            final Distribution[][] lanes = new Distribution[size][];
            Arrays.setAll(lanes, lane::apply);
            final int[] symbols = stack.pop(n * size, i -> lanes[i % size][i / size]);
            final int[][] own = new int[size][n];
            for (int i = 0; i < symbols.length; i++) {
                own[i % size][i / size] = symbols[i];
            }
            return own;
        }

        /** Pushes runs of as many symbols as there are heads, the last run first, and mixes the heads after each. */
        private void push(int key, int[][] own, IntFunction<Distribution[]> lane) {
            final int size = own.length;
            final Distribution[][] lanes = new Distribution[size][];
            Arrays.setAll(lanes, lane::apply);
            final int[] symbols = new int[size * model.latents];
            Arrays.setAll(symbols, i -> own[i % size][i / size]);
            final int heads = chain.heads;
            for (int j = (symbols.length - 1) / heads * heads; j >= 0; j -= heads) {
                final int from = j;
                stack.push(Arrays.copyOfRange(symbols, j, Math.min(symbols.length, j + heads)),
                        i -> lanes[(from + i) % size][(from + i) / size]);
                stack.mix(key * symbols.length + j);
            }
        }
    }

    private static final class Lane {

        private final int[] level;
        /** The numbers of z_1, z_2, ... */
        private final float[][] z;
        private float[] features;
        /** The encoder's last hidden layer. */
        private float[] encoded;
        /** h(b, p) for the blocks b and the pixels p that were predicted. */
        private final float[][][] h;
        /** How many samples of a channel have had a level, for palettes. */
        private final int[][] counts;

        Lane(Description d) {
            level = new int[d.dims];
            z = new float[d.latents.length][];
            h = new float[d.blocks][d.pixels][];
            counts = new int[d.channels][d.levels];
        }

        private void count(int pixel) {
            for (int c = 0; c < counts.length; c++) {
                counts[c][level[pixel * counts.length + c]]++;
            }
        }
    }

    // ---------------------------------------------------------------- "The family `image`"

    private static final String[] IMAGE_HEADS = {"green", "red", "blue", "grey"};
    private static final int[] IMAGE_INPUTS = {54, 59, 64, 48};
    private static final int GREY = 3;

    /** A model of the family `image`, checked. */
    static final class ImageModel {

        private final int hidden;
        private final int contexts;
        private final int windows;
        private final int logistics;
        private final int far;
        private final int interval;
        private final Map<String, float[]> tensors;

        ImageModel(ModelFile file) {
            hidden = number(file, "hidden", 16, 256);
            require(hidden % 16 == 0, "hidden is no multiple of 16");
            contexts = number(file, "contexts", 1, 6);
            windows = number(file, "windows", 1, 2);
            logistics = number(file, "logistics", 2, 8, 8);
            require(logistics % 2 == 0, "logistics is odd");
            far = number(file, "far", 2, 6, 6);
            interval = number(file, "interval", 1, 16, 1);
            require(!file.metadata.has("name")
                    || file.metadata.take("name").text().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
                    "name of the model");
            final Map<String, int[]> shapes = new LinkedHashMap<>();
            for (int h = 0; h < IMAGE_HEADS.length; h++) {
                layer(shapes, IMAGE_HEADS[h] + ".hidden1", IMAGE_INPUTS[h], hidden);
                layer(shapes, IMAGE_HEADS[h] + ".hidden2", hidden, hidden);
                layer(shapes, IMAGE_HEADS[h] + ".output", hidden, 3 * logistics);
            }
            tensors = file.tensors(shapes);
        }

        private static int number(ModelFile file, String name, int least, int most, int absent) {
            return file.metadata.has(name) ? number(file, name, least, most) : absent;
        }

        private static int number(ModelFile file, String name, int least, int most) {
            final String text = file.metadata.take(name).text();
            require(text.matches("[0-9]{1,4}"), name + " of the model");
            final int number = Integer.parseInt(text);
            require(number >= least && number <= most, name + " of the model");
            return number;
        }

        private static void layer(Map<String, int[]> shapes, String name, int inputs, int outputs) {
            shapes.put(name + ".weight", new int[] {inputs, outputs});
            shapes.put(name + ".bias", new int[] {outputs});
        }
    }

    /** The numbers that are kept of a pixel: sample, error, scale. */
    private enum Kind {
        V, E, S
    }

    /** "Padding": the numbers of one plane of one record with their padding. */
    private static final class Padded {

        private final int width;
        private final float[][][] number;

        Padded(int height, int width) {
            this.width = width;
            number = new float[3][height + 3][width + 8];
        }

        float get(Kind kind, int y, int x) {
            return number[kind.ordinal()][y + 3][x + 4];
        }

        private void put(Kind kind, int y, int x, float value) {
            number[kind.ordinal()][y + 3][x + 4] = value;
        }

        /** Rule 1. */
        void corner(float[] corner) {
            for (Kind kind : Kind.values()) {
                for (int y = -3; y <= 0; y++) {
                    for (int x = -4; x < (y < 0 ? width + 4 : 0); x++) {
                        put(kind, y, x, corner[kind.ordinal()]);
                    }
                }
            }
        }

        /** Rule 2. */
        void begin(int y) {
            for (Kind kind : Kind.values()) {
                for (int x = -4; x < 0; x++) {
                    put(kind, y, x, get(kind, y - 1, 0));
                }
            }
        }

        /** Sets a number, with rules 3 and 4. */
        void set(Kind kind, int y, int x, float value) {
            put(kind, y, x, value);
            for (int i = x + 1; y == 0 && i <= x + 4; i++) {
                for (int above = -3; above < 0; above++) {
                    put(kind, above, i, value);
                }
            }
            for (int i = width; x == width - 1 && i <= width + 3; i++) {
                put(kind, y, i, value);
            }
        }
    }

    private static float magnitude(float x) {
        return Math.abs(x);
    }

    /** "Inputs": lg. */
    private static float lg(float x) {
        return (Float.floatToRawIntBits(x) - 0x3f800000) * 0x1p-23f;
    }

    /** The six places of "Scale". */
    private static final int[][] SIX = {{0, -1}, {-1, 0}, {-1, -1}, {-1, 1}, {0, -2}, {-2, 0}};
    private static final float[] SIX_WEIGHTS = {2, 2, 1, 1, 1, 1};

    /** "Least squares": what one plane of one slot has learned, and the sums of its rows. */
    private static final class LeastSquares {

        private static final float[][] CONSTANTS = {{0.7f, 0.6f, 0.8f, 0.7f}, {0.94f, 0.85f, 0.94f, 0.3f}};

        private final int width;
        private final int n;
        /** g of the row coded last in each column. */
        private final float[][] g;
        /** C(i, j) of a window and a column, of the row that came last to it. */
        private final float[][][][] c;
        /** A, B, R and S of a row's windows. */
        private final Map<Integer, float[][][][]> rows = new LinkedHashMap<>();

        LeastSquares(int windows, int width, int n) {
            this.width = width;
            this.n = n;
            g = new float[width][n + 1];
            c = new float[windows][width][n + 1][n + 1];
        }

        /** S(i, j) of each window at a pixel. */
        float[][][] sums(int y, int x) {
            final float[][][][] abrs = x == 0 ? new float[4 * c.length][1][n + 1][n + 1] : rows.get(y);
            rows.put(y, abrs);
            final float[][][] s = new float[c.length][][];
            for (int w = 0; w < c.length; w++) {
                for (int at = x == 0 ? -3 : x; at <= x; at++) {
                    advance(CONSTANTS[w], c[w], abrs, 4 * w, at);
                }
                s[w] = abrs[4 * w + 3][0];
            }
            if (x == width - 1) {
                rows.remove(y);
            }
            return s;
        }

        private void advance(float[] constants, float[][][] columns, float[][][][] abrs, int w, int x) {
            final float[][] a = abrs[w][0];
            final float[][] b = abrs[w + 1][0];
            final float[][] r = abrs[w + 2][0];
            final float[][] s = abrs[w + 3][0];
            for (int i = 0; i <= n; i++) {
                for (int j = 0; j <= i; j++) {
                    float column = 0;
                    if (x + 3 < width) {
                        final float[] above = g[x + 3];
                        column = Math.fma(constants[0], columns[x + 3][i][j], above[i] * above[j]);
                        columns[x + 3][i][j] = column;
                    }
                    a[i][j] = Math.fma(constants[1], a[i][j], column);
                    b[i][j] = Math.fma(constants[1], b[i][j], a[i][j]);
                    r[i][j] = Math.fma(constants[2], r[i][j], x <= 0 ? 0 : g[x - 1][i] * g[x - 1][j]);
                    s[i][j] = Math.fma(constants[3], b[i][j], r[i][j]);
                }
            }
        }

        /** The partial sums p(j). */
        float[] predict(float[][] s, float[] features) {
            final float[][] l = new float[n + 2][n];
            for (int i = 0; i < n; i++) {
                System.arraycopy(s[i], 0, l[i], 0, i + 1);
                l[i][i] = Math.fma(s[i][i], 1.0003f, 1);
            }
            System.arraycopy(s[n], 0, l[n], 0, n);
            System.arraycopy(features, 0, l[n + 1], 0, n);
            for (int j = 0; j < n; j++) {
                float d = l[j][j];
                for (int k = 0; k < j; k++) {
                    d = Math.fma(-l[j][k], l[j][k], d);
                }
                d = d > 0.001f ? d : 0.001f;
                final float t = 1 / (float) Math.sqrt(d);
                for (int i = j + 1; i <= n + 1; i++) {
                    float z = l[i][j];
                    for (int k = 0; k < j; k++) {
                        z = Math.fma(-l[i][k], l[j][k], z);
                    }
                    l[i][j] = z * t;
                }
            }
            final float[] partial = new float[n];
            float p = 0;
            for (int j = 0; j < n; j++) {
                p = Math.fma(l[n + 1][j], l[n][j], p);
                partial[j] = p;
            }
            return partial;
        }

        void learn(int x, float[] features, float value, float factor) {
            for (int i = 0; i < n; i++) {
                g[x][i] = features[i] * factor;
            }
            g[x][n] = value * factor;
        }
    }

    /** What a plane's network has computed of a sample, and the sample. */
    private static final class Computed {

        private float[] inputs;
        private float[] first;
        private float[] second;
        private float[] output;
        private final float[] weight;
        private final float[] mean;
        private final float[] inverse;
        /** The clamped exponents c_k. */
        private final float[] exponent;
        private float prediction;
        private float scale;
        private float value;

        Computed(int logistics) {
            weight = new float[logistics];
            mean = new float[logistics];
            inverse = new float[logistics];
            exponent = new float[logistics];
        }
    }

    /** "The network", "Learning": the parameters of one plane. */
    private static final class Learner {

        /** Weight and bias of the two hidden layers and of the output, then their two moments. */
        private final float[][] parameters = new float[6][];
        private final float[][] m = new float[6][];
        private final float[][] w = new float[6][];
        private float b1 = 1;
        private float b2 = 1;
        private final List<Computed> kept = new ArrayList<>();
        private final int logistics;
        private final int interval;
        private int batches;

        Learner(ImageModel model, String head) {
            logistics = model.logistics;
            interval = model.interval;
            for (int i = 0; i < 6; i++) {
                final String layer = List.of(".hidden1", ".hidden2", ".output").get(i / 2);
                parameters[i] = model.tensors.get(head + layer + (i % 2 == 0 ? ".weight" : ".bias")).clone();
                m[i] = new float[parameters[i].length];
                w[i] = new float[parameters[i].length];
            }
        }

        private float[] layer(int i, float[] input) {
            return Model.accumulate(parameters[2 * i], input, parameters[2 * i + 1].clone());
        }

        private static float[] activate(float[] x) {
            for (int i = 0; i < x.length; i++) {
                final float v = x[i];
                final float l = (v - magnitude(v)) * 0.5f;
                x[i] = (v + magnitude(v)) * 0.5f + l / (1 - l);
            }
            return x;
        }

        Computed compute(float[] inputs, float prediction, float scale) {
            final Computed n = new Computed(logistics);
            n.inputs = inputs;
            n.prediction = prediction;
            n.scale = scale;
            n.first = activate(layer(0, inputs));
            n.second = activate(layer(1, n.first));
            n.output = layer(2, n.second);
            float greatest = n.output[0];
            for (int k = 1; k < logistics; k++) {
                greatest = n.output[k] > greatest ? n.output[k] : greatest;
            }
            float sum = 0;
            for (int k = 0; k < logistics; k++) {
                n.weight[k] = exp(n.output[k] - greatest);
                sum += n.weight[k];
            }
            final float unit = 1 / scale;
            for (int k = 0; k < logistics; k++) {
                n.weight[k] = n.weight[k] * (1 / sum);
                n.mean[k] = Math.fma(scale, n.output[logistics + k], prediction);
                n.exponent[k] = clamp(0.6f - n.output[2 * logistics + k], -5, 5);
                n.inverse[k] = exp(n.exponent[k]) * unit;
            }
            return n;
        }

        void step(int levels) {
            if (batches++ % interval != 0) {
                kept.clear();
                return;
            }
            final float[][] gradient = new float[6][];
            for (int i = 0; i < 6; i++) {
                gradient[i] = new float[parameters[i].length];
            }
            for (Computed n : kept) {
                final float[] output = derivatives(n, levels);
                final float[] second = back(2, output, n.second);
                final float[] first = back(1, second, n.first);
                add(gradient, 0, n.inputs, first);
                add(gradient, 1, n.first, second);
                add(gradient, 2, n.second, output);
            }
            b1 = 0.6f * b1;
            b2 = 0.99f * b2;
            final float share = 1f / kept.size();
            final float rate = 0.0048f / (float) Math.sqrt(parameters[1].length) / (1 - b1);
            final float second = 1 / (1 - b2);
            for (int i = 0; i < 6; i++) {
                for (int j = 0; j < gradient[i].length; j++) {
                    final float d = gradient[i][j] * share;
                    m[i][j] = 0.6f * m[i][j] + (1 - 0.6f) * d;
                    w[i][j] = 0.99f * w[i][j] + (1 - 0.99f) * (d * d);
                    parameters[i][j] = parameters[i][j]
                            - (rate * m[i][j]) / ((float) Math.sqrt(w[i][j] * second) + 1e-8f);
                }
            }
            kept.clear();
        }

        private static void add(float[][] gradient, int layer, float[] input, float[] output) {
            for (int o = 0; o < output.length; o++) {
                for (int i = 0; i < input.length; i++) {
                    final int at = i * output.length + o;
                    gradient[2 * layer][at] = Math.fma(input[i], output[o], gradient[2 * layer][at]);
                }
                gradient[2 * layer + 1][o] += output[o];
            }
        }

        /** The derivatives by the units below a layer. */
        private float[] back(int layer, float[] above, float[] unit) {
            final float[] below = new float[unit.length];
            for (int j = 0; j < unit.length; j++) {
                float sum = 0;
                for (int o = 0; o < above.length; o++) {
                    sum = Math.fma(above[o], parameters[2 * layer][j * above.length + o], sum);
                }
                final float h = 1 + (unit[j] - magnitude(unit[j])) * 0.5f;
                below[j] = sum * (h * h);
            }
            return below;
        }

        private static float[] derivatives(Computed n, int levels) {
            final boolean first = n.value == 0;
            final boolean last = n.value == levels - 1;
            final int logistics = n.weight.length;
            final float[][] audet = new float[logistics][];
            float probability = 0;
            for (int k = 0; k < logistics; k++) {
                final float d = n.value - n.mean[k];
                final float a = exp(last ? -87 : -(d + 0.5f) * n.inverse[k]);
                final float e = exp(first ? -87 : (d - 0.5f) * n.inverse[k]);
                final float c = exp(first || last ? -87 : -n.inverse[k]);
                final float t = 1 - c;
                audet[k] = new float[] {a, 1 / (1 + a), 1 / (1 + e), e, t > 0x1p-24f ? t : 0x1p-24f, c, d};
                probability = Math.fma(n.weight[k], (audet[k][1] * audet[k][2]) * audet[k][4], probability);
            }
            final float q = 1 / (probability + 0x1p-22f);
            final float[] derivative = new float[3 * logistics];
            for (int k = 0; k < logistics; k++) {
                final float a = audet[k][0];
                final float u = audet[k][1];
                final float dd = audet[k][2];
                final float e = audet[k][3];
                final float t = audet[k][4];
                final float c = audet[k][5];
                final float d = audet[k][6];
                final float inverse = n.inverse[k];
                final float r = (n.weight[k] * ((u * dd) * t)) * q;
                derivative[k] = n.weight[k] * (probability * q) - r;
                derivative[logistics + k] = -r * ((n.scale * inverse) * (e * dd - a * u));
                final float x = 0.6f - n.output[2 * logistics + k];
                derivative[2 * logistics + k] = x > -5 && x < 5
                        ? r * ((((d + 0.5f) * inverse) * (a * u) - ((d - 0.5f) * inverse) * (e * dd))
                                + (inverse * c) / t)
                        : 0;
            }
            return derivative;
        }
    }

    // ---------------------------------------------------------------- "Coding a sample"

    private static final float[] SIG = new float[1025];
    static final float[] LOG = new float[1024];
    static final float[] STR = new float[1024];
    static final int[] REC = new int[128];
    static final float[] TRUST = new float[128];
    static final float[] RATE = new float[1024];
    private static final float LN2 = 0.6931472f;

    static {
        for (int i = 0; i < 1025; i++) {
            SIG[i] = sigmoid((i - 512) * 0.03125f);
        }
        for (int i = 0; i < 1024; i++) {
            final double m = 1 + (i + 0.5f) * 0x1p-10f;
            final double q = (m - 1) / (m + 1);
            final double w = q * q;
            double sum = 0;
            for (int k = 21; k >= 1; k -= 2) {
                sum = sum * w + 1.0 / k;
            }
            LOG[i] = (float) (((2 * 1.4426950408889634) * q) * sum);
        }
        for (int i = 0; i < 1024; i++) {
            final float p = (i + 0.5f) * 0x1p-10f;
            STR[i] = log2(p / (1 - p)) * LN2;
            RATE[i] = 0.002f + 0.03f / (1 + i * 0.03f);
        }
        for (int n = 0; n < 128; n++) {
            REC[n] = (int) (65536 / (n + 1.5f));
            TRUST[n] = (float) Math.sqrt(n / (n + 2f));
        }
    }

    private static float log2(float x) {
        final int bits = Float.floatToRawIntBits(x);
        return ((bits >>> 23) - 127) + LOG[bits >> 13 & 1023];
    }

    /** S(z). */
    static float table(float z) {
        final float v = clamp(z, 0, 1023.9f);
        final int i = (int) v;
        return Math.fma(v - i, SIG[i + 1] - SIG[i], SIG[i]);
    }

    /** "Mixing". */
    static int hash(int x, int y) {
        int h = x * 0x9e3779b1 ^ (y + 0x7f4a7c15) * 0x85ebca6b;
        h ^= h >>> 15;
        h *= 0x2c1b3c6d;
        return h ^ h >>> 13;
    }

    /** A group's counts, sets of weights and maps, and what is known of the sample being coded. */
    private static final class Mixer {

        private final int b;
        private final int digits;
        private final int[][] counts;
        private final float[][] weights;
        private final float[][] ageWeights;
        private final int[] uses;
        private final int[] ageUses;
        private final float[][] maps;

        Mixer(int contexts, int planes, int digits, BigInteger samples) {
            int c = 0;
            while (samples.compareTo(BigInteger.ONE.shiftLeft(c)) > 0) {
                c++;
            }
            b = Math.min(21, Math.max(8, 2 + c));
            this.digits = digits;
            counts = new int[contexts][1 << b];
            for (int[] table : counts) {
                Arrays.fill(table, (1 << 21) * 1024);
            }
            weights = new float[planes * digits * 8 * 4][2 + contexts + contexts % 2];
            for (float[] set : weights) {
                set[0] = 1;
                for (int i = 0; i < contexts; i++) {
                    set[2 + i] = i < 4 ? 0.2f : 0.05f;
                }
            }
            uses = new int[weights.length];
            ageWeights = new float[planes * digits * 16][weights[0].length];
            ageUses = new int[ageWeights.length];
            maps = new float[planes * 4 * 256][33];
            for (float[] map : maps) {
                for (int j = 0; j < 33; j++) {
                    map[j] = sigmoid((j - 16) * 0.5f);
                }
            }
        }

        private static int p(int count) {
            return count >>> 10;
        }

        private static int n(int count) {
            return count & 1023;
        }

        private static int age(int count) {
            return n(count) == 0 ? 0 : n(count) < 4 ? 1 : n(count) < 20 ? 2 : 3;
        }

        private int age(int context, int[] place) {
            final int i = Math.min(context, counts.length - 1);
            return age(counts[i][place[i]]);
        }

        /** Decodes a digit whose mixture says st. */
        int decode(Stack stack, int[] context, int plane, int depth, int scaleClass, int node, float st) {
            final int depthOfNode = depth / 4 * 4;
            final int first = node >>> depth - depthOfNode;
            final int within = 1 << depth - depthOfNode | node & (1 << depth - depthOfNode) - 1;
            final int[] place = new int[counts.length];
            final int strength = Math.min(3, (int) magnitude(st) / 2);
            final int set = ((plane * digits + depth) * 8 + scaleClass / 2) * 4 + strength;
            final float[] weight = weights[set];
            final float[] x = new float[weight.length];
            x[0] = st;
            x[1] = 0.3f;
            for (int i = 0; i < counts.length; i++) {
                place[i] = 16 * ((context[i] + first * 0x3c6ef372) * 0x9e3779b1 >>> 36 - b) + within;
                final int count = counts[i][place[i]];
                x[2 + i] = STR[p(count) >> 12] * TRUST[n(count)];
            }
            final int ages = ((plane * digits + depth) * 4 + age(2, place)) * 4 + age(3, place);
            final float[] ageWeight = ageWeights[ages];
            float even = 0;
            float odd = 0;
            for (int i = 0; i < x.length; i += 2) {
                even = Math.fma(weight[i] + ageWeight[i], x[i], even);
                odd = Math.fma(weight[i + 1] + ageWeight[i + 1], x[i + 1], odd);
            }
            final float dot = clamp(even + odd, -11.99f, 11.99f);
            final float q = table(Math.fma(dot, 32, 512));
            final float z = clamp(Math.fma(dot, 2, 16), 0.01f, 31.99f);
            final int i = (int) z;
            final float r = z - i;
            final float[] map = maps[(plane * 4 + (scaleClass >> 2)) * 256 + Math.min(node, 255)];
            final float one = (q + Math.fma(r, map[i + 1] - map[i], map[i])) * 0.5f;

            final int digit = stack.popBit(probability(one));
            map[i] = Math.fma((digit - map[i]) * 0.015f, 1 - r, map[i]);
            map[i + 1] = Math.fma((digit - map[i + 1]) * 0.015f, r, map[i + 1]);
            final float step = (digit - q) * RATE[uses[set]];
            final float ageStep = (digit - q) * 0.5f * RATE[ageUses[ages]];
            uses[set] = Math.min(uses[set] + 1, 1023);
            ageUses[ages] = Math.min(ageUses[ages] + 1, 1023);
            for (int k = 0; k < x.length; k++) {
                weight[k] = Math.fma(step, x[k], weight[k]);
                if (counts.length > 1) {
                    ageWeight[k] = Math.fma(ageStep, x[k], ageWeight[k]);
                }
            }
            final long goal = digit == 0 ? 0 : (1 << 22) - 1;
            for (int k = 0; k < counts.length; k++) {
                final int count = counts[k][place[k]];
                final long p = p(count) + Math.floorDiv((goal - p(count)) * REC[n(count)], 65536L);
                counts[k][place[k]] = (int) p * 1024 + Math.min(n(count) + 1, 127);
            }
            return digit;
        }
    }

    /** "Learning": the tables of a block's counts. */
    private static final class LevelCounts {

        private static final float[] FIRST = {0, 0, 0.02f, 0.05f, 0.05f, 0.08f, 0.12f, 0.12f};

        private final int b;
        private final int[][] check;
        private final int[][][] pc;
        private final int[][][] nc;

        LevelCounts(int records) {
            int c = 0;
            while (records > 1L << c) {
                c++;
            }
            b = Math.min(19, Math.max(8, 8 + c));
            check = new int[8][1 << b];
            pc = new int[8][1 << b][];
            nc = new int[8][1 << b][];
        }

        /** By depth and strength. */
        static float[][][] firstWeights() {
            final float[][][] weights = new float[8][4][9];
            for (int depth = 0; depth < 8; depth++) {
                for (float[] w : weights[depth]) {
                    Arrays.fill(w, FIRST[depth]);
                    w[0] = 0.9f;
                }
            }
            return weights;
        }

        int place(int i, int h) {
            final int place = h >>> 32 - b;
            if (check[i][place] != (h & 65535 | 1)) {
                check[i][place] = h & 65535 | 1;
                pc[i][place] = new int[8];
                Arrays.fill(pc[i][place], 1 << 11);
                nc[i][place] = new int[8];
            }
            return place;
        }

        float input(int i, int place, int within) {
            final int n = nc[i][place][within];
            return STR[pc[i][place][within] >> 2] * (float) Math.sqrt(n / (n + 0.5f));
        }

        void learn(int i, int place, int within, int bit) {
            final int p = pc[i][place][within];
            final int n = nc[i][place][within];
            final int goal = bit == 1 ? 4095 : 0;
            pc[i][place][within] = p + Math.floorDiv((goal - p) * (int) (65536 / (n + 1.3f)), 65536);
            nc[i][place][within] = Math.min(n + 1, 15);
        }
    }

    /** P of a probability. */
    private static int probability(float one) {
        return Math.max(1, Math.min(65535, (int) (one * 65536)));
    }

    // ---------------------------------------------------------------- "Image payload": groups

    /** A group of blocks of rows, whose blocks are decoded one after the other. */
    static final class ImageGroup {

        private final ImageModel model;
        private final int records;
        private final int height;
        private final int width;
        private final int channels;
        private final int levels;
        private final int digits;
        /** Fronts from a row to the next one, and from a record to the next one: u. */
        private final int slope;
        private final int recordStep;
        /** q of "Least squares". */
        private final int slots;
        private final ImagePlane[] planes;
        private final Mixer mixer;
        /** By record, then by plane; null when no pixel looks at it any more. */
        private final List<Padded[]> numbers = new ArrayList<>();
        private long nextRow;
        private int form = -1;
        private Stack stack;

        /** The place of a pixel. */
        private record Pixel(int r, int y, int x) {}

        /** One plane: what it looks at, and what it has learned. */
        private final class ImagePlane {

            private final int index;
            private final int channel;
            private final int head;
            private final List<Integer> coded = new ArrayList<>();
            private final List<Integer> open = new ArrayList<>();
            private final Learner learner;
            private final LeastSquares[] slot = new LeastSquares[slots];

            ImagePlane(int index) {
                this.index = index;
                final boolean colour = channels == 3 || channels == 4;
                channel = colour && index < 2 ? 1 - index : index;
                head = colour && index < 3 ? index : GREY;
                for (int d = Math.max(0, index - 2); d < index; d++) {
                    coded.add(d);
                }
                for (int d = index + 1; colour && d < 3; d++) {
                    open.add(d);
                }
                learner = new Learner(model, IMAGE_HEADS[head]);
            }

            /** Number of features. */
            private int features() {
                return 4 + 4 * coded.size() + model.far + (model.far == 6 ? 2 * open.size() : 0) + (refers() ? 9 : 0);
            }
        }

        /** @param records that the group may come to */
        ImageGroup(ImageModel model, int records, int height, int width, int channels, int levels) {
            this.model = model;
            this.records = records;
            this.height = height;
            this.width = width;
            this.channels = channels;
            this.levels = levels;
            digits = 32 - Integer.numberOfLeadingZeros(levels - 1);
            slope = Math.max(4, (width + 31) / 32);
            final long whole = width + (long) slope * (height - 1);
            recordStep = (int) Math.min(Integer.MAX_VALUE,
                    Math.max(slope + 2, Math.min(whole, ((long) width * height + 47) / 48)));
            slots = (int) Math.min(records, (whole + 4) / recordStep + 2);
            planes = new ImagePlane[channels];
            for (int c = 0; c < channels; c++) {
                planes[c] = new ImagePlane(c);
            }
            mixer = new Mixer(model.contexts, channels, digits, BigInteger.valueOf(records)
                    .multiply(BigInteger.valueOf(height)).multiply(BigInteger.valueOf((long) width * channels)));
        }

        /** "Payload". @return the samples of a block's rows, row after row, the channels of a pixel side by side */
        int[] decode(byte[] payload, int rows) {
            final Bytes in = new Bytes(payload);
            final int read = in.u8();
            require(read <= 3 && (form < 0 || read == form), "form of an image payload");
            form = read;
            require(!refers() || (long) height * width * channels <= MOST_ROW_SAMPLES, "a reference too large");
            stack = new Stack(in, 1);
            final int[] samples = new int[rows * width * channels];
            for (List<Pixel> front : fronts(nextRow, nextRow + rows)) {
                front(front, samples);
            }
            require(stack.isInitial(), "the stack is not the initial one in the end");
            nextRow += rows;
            return samples;
        }

        private boolean refers() {
            return (form & 1) != 0;
        }

        private boolean searched() {
            return (form & 2) != 0;
        }

        /** "Order": the pixels of each front of some rows. */
        private List<List<Pixel>> fronts(long firstRow, long endRow) {
            final Map<Long, List<Pixel>> fronts = new TreeMap<>();
            for (long row = firstRow; row < endRow; row++) {
                final int r = (int) (row / height);
                final int y = (int) (row % height);
                for (int x = 0; x < width; x++) {
                    fronts.computeIfAbsent(x + (long) slope * y + (long) recordStep * r, f -> new ArrayList<>())
                            .add(new Pixel(r, y, x));
                }
            }
            return new ArrayList<>(fronts.values());
        }

        private void front(List<Pixel> front, int[] samples) {
            for (Pixel at : front) {
                for (ImagePlane plane : planes) {
                    if (at.x == 0) {
                        begin(plane, at);
                    }
                    scale(plane, at);
                }
            }
            for (ImagePlane plane : planes) {
                for (Pixel at : front) {
                    final int v = sample(plane, at);
                    final int row = (int) ((long) at.r * height + at.y - nextRow);
                    samples[(row * width + at.x) * channels + plane.channel] = v;
                }
            }
            if (planes[0].learner.kept.size() >= 128) {
                for (ImagePlane plane : planes) {
                    plane.learner.step(levels);
                }
            }
        }

        // ------------------------------------------------------------ "Padding"

        private void begin(ImagePlane plane, Pixel at) {
            if (at.y > 0) {
                numbers.get(at.r)[plane.index].begin(at.y);
                return;
            }
            while (numbers.size() <= at.r) {
                numbers.add(new Padded[channels]);
                final int old = numbers.size() - 3 - slots;
                if (old >= 0) {
                    numbers.set(old, null);
                }
            }
            final float[] corner = {levels / 2, levels / 16f, levels / 16f};
            for (Kind kind : at.r == 0 ? new Kind[0] : Kind.values()) {
                corner[kind.ordinal()] = numbers.get(at.r - 1)[plane.index].get(kind, 0, 0);
            }
            final Padded padded = new Padded(height, width);
            padded.corner(corner);
            numbers.get(at.r)[plane.index] = padded;
        }

        private float a(Kind kind, int plane, Pixel at, int dy, int dx) {
            return numbers.get(at.r)[plane].get(kind, at.y + dy, at.x + dx);
        }

        /** A number of the record before. Below its last row lies the uppermost row of this record's padding. */
        private float before(Kind kind, int plane, Pixel at, int dy, int dx) {
            final int y = at.y + dy;
            return y == height ? numbers.get(at.r)[plane].get(kind, -3, at.x + dx)
                    : at.r == 0 ? 0 : numbers.get(at.r - 1)[plane].get(kind, y, at.x + dx);
        }

        /** The mean of the neighbours on the left and above, from which a plane's values are taken. */
        private float reference(int plane, Pixel at) {
            return (a(Kind.V, plane, at, 0, -1) + a(Kind.V, plane, at, -1, 0)) * 0.5f;
        }

        // ------------------------------------------------------------ "Scale"

        private void scale(ImagePlane plane, Pixel at) {
            float sum = 0;
            for (int i = 0; i < SIX.length; i++) {
                sum = Math.fma(magnitude(a(Kind.E, plane.index, at, SIX[i][0], SIX[i][1])), SIX_WEIGHTS[i], sum);
            }
            numbers.get(at.r)[plane.index].set(Kind.S, at.y, at.x, Math.fma(sum, 0.125f, 0.4f));
        }

        // ------------------------------------------------------------ "Least squares": features

        private static final int[][] OWN = {{0, -1}, {-1, 0}, {-1, -1}, {-1, 1}};
        private static final int[][] OTHER = {{0, 0}, {0, -1}, {-1, 0}, {-1, 1}};
        private static final int[][] FAR = {{0, -2}, {-2, 0}, {-1, 2}, {-2, 1}, {-2, -1}, {-1, -2}};
        private static final int[][] OPEN = {{0, -1}, {-1, 0}};
        private static final int[][] BEFORE =
                {{0, 0}, {0, -1}, {0, 1}, {-1, 0}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};

        private float[] features(ImagePlane plane, Pixel at) {
            final float[] f = new float[plane.features()];
            int n = features(f, 0, plane.index, at, OWN);
            for (int d : plane.coded) {
                n = features(f, n, d, at, OTHER);
            }
            n = features(f, n, plane.index, at, Arrays.copyOf(FAR, model.far));
            for (int d : model.far == 6 ? plane.open : List.<Integer>of()) {
                n = features(f, n, d, at, OPEN);
            }
            if (refers()) {
                final float reference =
                        (before(Kind.V, plane.index, at, 0, -1) + before(Kind.V, plane.index, at, -1, 0)) * 0.5f;
                for (int[] place : BEFORE) {
                    f[n++] = before(Kind.V, plane.index, at, place[0], place[1]) - reference;
                }
            }
            return f;
        }

        private int features(float[] f, int from, int plane, Pixel at, int[][] places) {
            int n = from;
            for (int[] place : places) {
                f[n++] = a(Kind.V, plane, at, place[0], place[1]) - reference(plane, at);
            }
            return n;
        }

        /** Decodes a sample, and learns from it what is not learned in steps. */
        private int sample(ImagePlane plane, Pixel at) {
            final int c = plane.index;
            final int slot = at.r % slots;
            if (plane.slot[slot] == null) {
                plane.slot[slot] = new LeastSquares(model.windows, width, plane.features());
            }
            final LeastSquares squares = plane.slot[slot];
            final float[] features = features(plane, at);
            final float[][][] sums = squares.sums(at.y, at.x);
            final float[] near = squares.predict(sums[0], features);
            final int m = plane.coded.isEmpty() ? 6 : 4 + 4 * plane.coded.size();
            final float ref = reference(c, at);
            final float pa = clamped(ref + near[3]);
            final float pb = clamped(ref + near[m - 1]);
            final float p = clamped(ref + near[near.length - 1]);
            final float[] wide = model.windows == 1 ? null : squares.predict(sums[1], features);
            final Float pd = wide == null ? null : (Float) clamped(ref + wide[wide.length - 1]);

            final Computed n = plane.learner.compute(inputs(plane, at, p, pa, pb, pd), p, a(Kind.S, c, at, 0, 0));
            final int v = searched() ? new Search(n).value() : value(plane, at, n);
            n.value = v;
            plane.learner.kept.add(n);
            final float e = v - p;
            numbers.get(at.r)[c].set(Kind.V, at.y, at.x, v);
            numbers.get(at.r)[c].set(Kind.E, at.y, at.x, e);
            squares.learn(at.x, features, v - ref, 1 / Math.fma(magnitude(e), 0.25f, a(Kind.S, c, at, 0, 0)));
            return v;
        }

        private float clamped(float x) {
            return clamp(x, -0.25f * levels, 1.25f * levels);
        }

        // ------------------------------------------------------------ "Inputs"

        private float[] inputs(ImagePlane plane, Pixel at, float p, float pa, float pb, Float pd) {
            final int c = plane.index;
            final float s = a(Kind.S, c, at, 0, 0);
            final float unit = 1 / s;
            final float[] x = new float[IMAGE_INPUTS[plane.head]];
            int n = 0;
            for (int dy = -3; dy <= 0; dy++) {
                for (int dx = dy == -3 ? -2 : -3; dx <= (dy == 0 ? -1 : 3); dx++) {
                    x[n++] = (a(Kind.V, c, at, dy, dx) - p) * unit;
                }
            }
            x[n++] = (pa - p) * unit;
            x[n++] = (pb - p) * unit;
            x[n++] = pd == null ? 0 : (pd - p) * unit;
            x[n++] = (median(a(Kind.V, c, at, 0, -1), a(Kind.V, c, at, -1, 0), a(Kind.V, c, at, -1, -1)) - p) * unit;
            for (int[] place : SIX) {
                final float d = a(Kind.E, c, at, place[0], place[1]) * unit;
                x[n++] = d;
                x[n++] = magnitude(d);
            }
            x[n++] = lg(s) - 1;
            final float far = a(Kind.S, c, at, 0, -3) + a(Kind.S, c, at, -3, 0) + a(Kind.S, c, at, -2, -2)
                    + a(Kind.S, c, at, -2, 2);
            x[n++] = lg(far * 0.25f * unit);
            x[n++] = p * 2 / levels - 1;
            x[n++] = p * unit;
            x[n++] = (levels - 1 - p) * unit;
            if (plane.head == GREY) {
                x[n++] = at.x * 2f / width - 1;
                x[n++] = at.y * 2f / height - 1;
                x[n++] = refers() ? (before(Kind.V, c, at, 0, 0) - p) * unit : 0;
                x[n++] = refers() ? before(Kind.E, c, at, 0, 0) * unit : 0;
            } else {
                for (int d : plane.coded) {
                    final float v = a(Kind.V, d, at, 0, 0);
                    final float e = a(Kind.E, d, at, 0, 0);
                    final float own = 1 / a(Kind.S, d, at, 0, 0);
                    x[n++] = e * own;
                    x[n++] = e * unit;
                    x[n++] = magnitude(e) * own;
                    x[n++] = (v - reference(d, at)) * unit;
                    x[n++] = (v - a(Kind.V, d, at, -1, 0)) * unit;
                    x[n++] = (v - a(Kind.V, d, at, 0, -1)) * unit;
                    n = errors(x, n, d, at, 3, unit);
                }
                for (int d : plane.open) {
                    n = errors(x, n, d, at, 4, unit);
                }
            }
            for (int i = 0; i < x.length; i++) {
                x[i] = x[i] / Math.fma(magnitude(x[i]), 0.16666667f, 1);
            }
            return x;
        }

        /** The inputs that say how well another plane was predicted near the pixel. */
        private int errors(float[] x, int from, int d, Pixel at, int places, float unit) {
            int n = from;
            for (int i = 0; i < places; i++) {
                x[n++] = a(Kind.E, d, at, SIX[i][0], SIX[i][1]) * unit;
            }
            x[n++] = lg(a(Kind.S, d, at, 0, 0) * unit);
            return n;
        }

        private static float median(float w, float n, float nw) {
            return nw >= Math.max(w, n) ? Math.min(w, n) : nw <= Math.min(w, n) ? Math.max(w, n) : w + n - nw;
        }

        // ------------------------------------------------------------ "Coding a sample"

        /** F(c). */
        private float below(Computed n, int c) {
            if (c == 0) {
                return 0;
            }
            final float x = c - (n.prediction + 0.5f);
            final float[] sum = new float[2];
            final int logistics = n.weight.length;
            for (int k = 0; k < logistics; k++) {
                final float slope = n.inverse[k] * 32;
                final float offset = Math.fma(-n.output[logistics + k], exp(n.exponent[k]) * 32, 512);
                sum[k % 2] = Math.fma(n.weight[k], table(Math.fma(x, slope, offset)), sum[k % 2]);
            }
            return sum[0] + sum[1];
        }

        /** "Search". */
        private final class Search {

            private final Computed n;
            private int from = 0;
            private int to = levels;
            private float low = 0;
            private float high = 1;

            Search(Computed n) {
                this.n = n;
            }

            int value() {
                final int q = (int) Math.floor(n.prediction + 0.5);
                final boolean up = decide(q < 1 ? 1 : q > levels - 1 ? levels - 1 : q);
                int step = 1;
                while (2 * step <= n.scale) {
                    step = 2 * step;
                }
                while (to - from > step && decide(up ? from + step : to - step) == up) {
                    step = 2 * step;
                }
                while (to - from > 1) {
                    decide((from + to) / 2);
                }
                return from;
            }

            private boolean decide(int c) {
                final float f = below(n, c);
                final float a = (high - f > 0 ? high - f : 0) + 0x1p-22f;
                final float b = (f - low > 0 ? f - low : 0) + 0x1p-22f;
                final boolean atLeast = stack.popBit(probability(a / (a + b))) == 1;
                if (atLeast) {
                    from = c;
                    low = f;
                } else {
                    to = c;
                    high = f;
                }
                return atLeast;
            }
        }

        private int value(ImagePlane plane, Pixel at, Computed n) {
            final int g = plane.coded.isEmpty() ? 0 : (int) a(Kind.V, plane.coded.get(0), at, 0, 0);
            final int[] contexts = contexts(plane, at, n.prediction);
            final int scaleClass = Math.max(0, Math.min(15, (int) (lg(n.scale + 0.05f) * 2 + 4)));
            final float f0 = below(n, g);
            int first = 0;
            float low = 0;
            float high = 1;
            int node = 1;
            for (int depth = 0; depth < digits; depth++) {
                final int middle = first + (1 << digits - 1 - depth);
                if (middle >= levels) {
                    node = 2 * node;
                    continue;
                }
                final int c = middle + g;
                final float f = c < levels ? below(n, c) - f0 : (1 - f0) + below(n, c - levels);
                final float a = (high - f > 0 ? high - f : 0) + 0x1p-22f;
                final float b = (f - low > 0 ? f - low : 0) + 0x1p-22f;
                final float st = (log2(a) - log2(b)) * LN2;
                final int digit = magnitude(st) >= 6 ? stack.popBit(probability(table(Math.fma(st, 32, 512))))
                        : mixer.decode(stack, contexts, plane.index, depth, scaleClass, node, st);
                if (digit == 1) {
                    low = f;
                    first = middle;
                } else {
                    high = f;
                }
                node = 2 * node + digit;
            }
            return first + g < levels ? first + g : first + g - levels;
        }

        // ------------------------------------------------------------ "Mixing": contexts

        private int[] contexts(ImagePlane plane, Pixel at, float prediction) {
            final int c = plane.index;
            final int w = (int) a(Kind.V, c, at, 0, -1);
            final int n = (int) a(Kind.V, c, at, -1, 0);
            final int nw = (int) a(Kind.V, c, at, -1, -1);
            final int ne = (int) a(Kind.V, c, at, -1, 1);
            final int ww = (int) a(Kind.V, c, at, 0, -2);
            final int nn = (int) a(Kind.V, c, at, -2, 0);
            final int p = (int) Math.floor(prediction + 0.5);
            if (plane.coded.isEmpty()) {
                return new int[] {
                    hash(w << 16 | n, 1),
                    refers() ? hash((int) before(Kind.V, c, at, 0, 0), 7) : hash(p, 2),
                    hash(w << 16 | n, nw + 3),
                    records > 1 ? hash(at.x << 16 | at.y, 4)
                            : hash(hash(w << 16 | n, nw << 16 | ne), ww << 16 | nn),
                    hash(w << 16 | ww, 5),
                    hash(n << 16 | nn, 6),
                };
            }
            final int other = plane.coded.get(0);
            final int g = (int) a(Kind.V, other, at, 0, 0);
            int h = 0;
            int e = g;
            if (plane.coded.size() == 2) {
                final int b = (int) a(Kind.V, plane.coded.get(1), at, 0, 0);
                h = b - g;
                e = hash(g, b);
            }
            final int wg = (int) a(Kind.V, other, at, 0, -1);
            final int ng = (int) a(Kind.V, other, at, -1, 0);
            return new int[] {
                hash(e, 10 + c),
                hash(hash(p - g, h), 20 + c),
                hash(hash(w - wg, n - ng), hash(h, 30 + c)),
                hash(hash(e, w), hash(wg, 40 + c)),
                hash(hash(e, n), hash(ng, 50 + c)),
                hash(hash(hash(e, w), n), hash(wg << 16 | ng, 60 + c)),
            };
        }
    }
}
