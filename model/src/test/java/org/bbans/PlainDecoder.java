package org.bbans;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
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
    enum Reason { FOREIGN, DAMAGED, UNSUPPORTED }

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
    record Chain(int heads, int lanes, int growth, boolean ramp, boolean fronts, int plain, List<Integer> groups) {
    }

    private final Bytes in;
    private final Function<String, byte[]> modelFiles;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final List<Chain> chains = new ArrayList<>();
    private int wrappingKind;
    private byte[] wrapping;
    private Layout layout;
    private String modelSha256;
    private Model model;

    /**
     * @param archive the whole archive
     * @param modelFiles gives the model file with a SHA-256 in lower-case hexadecimal, or null
     */
    PlainDecoder(byte[] archive, Function<String, byte[]> modelFiles) {
        this.in = new Bytes(archive);
        this.modelFiles = modelFiles;
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
        while (in.peek() != 0) {
            content.writeBytes(block(3, 1 << 30, embedded));
        }
        index();
        return content.toByteArray();
    }

    /** The file that the archive was made of, once, instead of {@link #decode}. */
    byte[] restore() {
        final byte[] decoded = decode();
        return wrappingKind < 0 ? decoded : PlainWrapping.restore(wrappingKind, wrapping, decoded);
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
        require(flags < 16 && (hasLayout || !hasModel) && (hasModel || !hasEmbedded), "flags");
        // Values are judged when the CRC has matched.
        final Layout read = hasLayout ? new Layout(in) : null;
        byte[] name = {};
        if (hasModel) {
            name = in.take(in.u8());
            modelSha256 = HexFormat.of().formatHex(in.take(32));
        }
        wrappingKind = hasWrapping ? in.u8() : -1;
        wrapping = hasWrapping ? in.take(in.varint()) : new byte[0];
        require(crc32c(in.range(0, in.position())) == in.u32(), "CRC of the header");
        if (hasLayout) {
            read.check();
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

        private static final int U8 = 0;
        private static final int TWO_VALUED = 1;
        private static final int BITS = 2;
        private static final int BIT_ROWS = 3;
        private static final int PLANES = 4;
        private static final int BITS_INVERTED = 5;
        private static final int BIT_ROWS_INVERTED = 6;

        private final long leading;
        private final int prefix;
        private final int format;
        private int lo;
        private int hi = 1;
        private final long[] shape;
        /** Number of records, or -1. */
        private final long count;
        private int dims;
        private int width;
        private int packed;

        Layout(Bytes in) {
            leading = in.varint();
            prefix = in.u8();
            format = in.u8();
            if (format == TWO_VALUED) {
                lo = in.u8();
                hi = in.u8();
            }
            shape = new long[in.u8()];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = in.varint();
            }
            count = in.varint() - 1;
        }

        void check() {
            require(format <= BIT_ROWS_INVERTED && lo != hi, "sample format");
            require(shape.length >= 1 && shape.length <= 4, "rank");
            long product = 1;
            for (long extent : shape) {
                require(extent >= 1 && extent <= (1 << 24) / product, "extents");
                product *= extent;
            }
            dims = (int) product;
            width = (int) shape[shape.length - 1];
            require(!isBits() || dims % 8 == 0, "BITS need a multiple of 8 samples");
            require(format != PLANES || shape.length >= 2, "PLANES need two axes");
            packed = isBits() ? dims / 8 : isBitRows() ? dims / width * rowBytes() : dims;
            require(count <= 0 || count <= (Long.MAX_VALUE - leading) / recordBytes(), "count of records");
        }

        int levels() {
            return format == U8 || format == PLANES ? 256 : 2;
        }

        int recordBytes() {
            return prefix + packed;
        }

        private boolean isBits() {
            return format == BITS || format == BITS_INVERTED;
        }

        private boolean isBitRows() {
            return format == BIT_ROWS || format == BIT_ROWS_INVERTED;
        }

        private int rowBytes() {
            return (width + 7) / 8;
        }

        /** The packed samples of one record. */
        byte[] pack(int[] levels) {
            final byte[] bytes = new byte[packed];
            final int inverted = format >= BITS_INVERTED ? 1 : 0;
            for (int i = 0; i < dims; i++) {
                final int y = i / width;
                final int x = i % width;
                switch (format) {
                    case TWO_VALUED -> bytes[i] = (byte) (levels[i] == 0 ? lo : hi);
                    case BITS, BITS_INVERTED -> bytes[i / 8] |= (byte) ((levels[i] ^ inverted) << (7 - i % 8));
                    case BIT_ROWS, BIT_ROWS_INVERTED ->
                        bytes[y * rowBytes() + x / 8] |= (byte) ((levels[i] ^ inverted) << (7 - x % 8));
                    case PLANES -> bytes[x * (dims / width) + y] = (byte) levels[i];
                    default -> bytes[i] = (byte) levels[i];
                }
            }
            return bytes;
        }
    }

    // ---------------------------------------------------------------- "Embedded Model", "Block"

    private byte[] embeddedModel() {
        final byte[] file = block(1, 1 << 28, null);
        entries.reset();
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
        entries.writeBytes(in.range(begin, in.position()));
        final int crc = in.u32();
        final byte[] payload = in.take(payloadSize);
        final byte[] raw = switch (codec) {
            case 0 -> payload;
            case 1, 2 -> lzma2(payload, (int) rawSize, codec == 2);
            default -> records(new Bytes(payload), (int) rawSize, embedded);
        };
        require(crc32c(raw) == crc, "CRC of a block");
        return raw;
    }

    /** "LZMA2". */
    private static byte[] lzma2(byte[] payload, int rawSize, boolean x86) {
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
        final int recordBytes = layout.recordBytes();
        final int records = rawSize / recordBytes;
        final long offset = content.size() - layout.leading;
        require(offset >= 0 && offset % recordBytes == 0 && rawSize % recordBytes == 0, "whole records");
        require(layout.count < 0 || offset / recordBytes + records <= layout.count, "more records than the count");
        require(records == 1 || (long) records * Math.max(layout.dims, recordBytes) <= 1 << 25, "size of records");
        final int prefix = layout.prefix;
        byte[] columns = {};
        if (prefix > 0) {
            final int size = records * prefix;
            final int codec = payload.u8();
            require(codec <= 1, "codec of the prefixes");
            if (codec == 0) {
                columns = payload.take(size);
            } else {
                final long packed = payload.varint();
                require(packed < size, "size of the prefixes");
                columns = lzma2(payload.take(packed), size, false);
            }
        }
        if (model == null) {
            final byte[] file = embedded != null ? embedded : modelFiles.apply(modelSha256);
            if (file == null) {
                throw unsupported("no model with SHA-256 " + modelSha256);
            }
            model = new Model(file);
            if (model.description.dims != layout.dims || model.description.levels != layout.levels()) {
                throw unsupported("the model is for other records");
            }
        }
        final Payload decoder = new Payload(model, payload, records);
        chains.add(decoder.chain);
        final int[][] levels = decoder.decode();
        final byte[] raw = new byte[rawSize];
        for (int r = 0; r < records; r++) {
            for (int i = 0; i < prefix; i++) {
                raw[r * recordBytes + i] = columns[i * records + r];
            }
            final byte[] packed = layout.pack(levels[r]);
            System.arraycopy(packed, 0, raw, r * recordBytes + prefix, packed.length);
        }
        return raw;
    }

    // ---------------------------------------------------------------- "Index"

    private void index() {
        final int mark = in.position();
        in.u8();
        require(Arrays.equals(in.take(entries.size()), entries.toByteArray()), "an entry of the index");
        final String sha256 = HexFormat.of().formatHex(in.take(32));
        require(crc32c(in.range(mark, in.position())) == in.u32(), "CRC of the index");
        require(in.position() - mark == in.u32(), "size of the index");
        require(in.left() == 0, "bytes behind the index");
        require(sha256(content.toByteArray()).equals(sha256), "SHA-256 of the content");
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
                long x = (d.cumulative(symbol + 1) - start) * (head[h] >>> 24) + slot - start;
                if (x < 1L << 31) {
                    require(!words.isEmpty(), "the stack runs out of words");
                    x = (x << 32) + (words.removeFirst() & 0xffffffffL);
                }
                head[h] = x;
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
                    posteriors.add(transition.take("posterior").integers(0, 8, 1, 4096));
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
                all.network("posterior." + k, encoded + above, d.posteriors.get(k - 1), 2 * d.latents[k - 1]);
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

    /** A model file, checked; and its networks, "The forward pass". */
    private static final class Model {

        private final Description description;
        private final Map<String, float[]> tensors = new LinkedHashMap<>();
        private final List<int[]> neighbours;
        /** The taps of the blocks but for the pixel itself. */
        private final List<int[]> taps;

        Model(byte[] file) {
            final Bytes in = new Bytes(file);
            final long length = in.u64();
            require(length >= 2 && length <= 1 << 22, "length of the model's header");
            final Json header = Json.parse(in.take(length));
            final Json metadata = header.take("__metadata__");
            metadata.members().values().forEach(Json::text);
            description = new Description(Json.parse(metadata.take("bbans").text().getBytes(StandardCharsets.UTF_8)));
            neighbours = description.window == null ? List.of() : description.window.neighbours();
            taps = description.blocks == 0 ? List.of() : description.blockView.neighbours();
            final Map<String, int[]> shapes = Shapes.of(description);
            require(header.members().keySet().equals(shapes.keySet()), "other tensors than the description needs");
            final byte[] data = in.take(in.left());
            final List<int[]> ranges = new ArrayList<>();
            shapes.forEach((name, shape) -> ranges.add(tensor(name, shape, header.take(name), data)));
            ranges.sort((a, b) -> Integer.compare(a[0], b[0]));
            int end = 0;
            for (int[] range : ranges) {
                require(range[0] == end, "a gap between tensors, or an overlap");
                end = range[1];
            }
            require(end == data.length, "bytes behind the tensors");
        }

        /** Reads a tensor. @return its range of the data */
        private int[] tensor(String name, int[] shape, Json json, byte[] data) {
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

        /** The activation A. */
        private float[] activate(float[] x) {
            for (int i = 0; i < x.length; i++) {
                if (description.sqlu) {
                    final float v = x[i] > -2 ? x[i] : -2;
                    final float m = v < 0 ? v : 0;
                    x[i] = Math.fma(m * 0.25f, m, v);
                } else {
                    x[i] = x[i] > 0 ? x[i] : exp(x[i]) - 1;
                }
            }
            return x;
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

        Payload(Model model, Bytes in, int records) {
            this.model = model;
            this.d = model.description;
            this.records = records;
            final int first = in.u8();
            final int second = in.u8();
            require((first & 7) <= 5 && first < 64 && second < 64, "reserved bits of the payload");
            final int heads = 1 << (first & 7);
            final int lanes = 1 << (first >> 3);
            final int growth = (second & 15) + 1;
            final boolean ramp = (second & 16) != 0;
            final boolean fronts = (second & 32) != 0;
            final int plain = plain(in);
            require(plain >= 1 && plain <= records, "number of plain records");
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
            final List<Integer> groups = new ArrayList<>();
            for (int coded = 0; coded < records; coded += groups.get(groups.size() - 1)) {
                final long size = coded < plain ? plain - coded
                    : Math.min(Math.max(1, (long) coded * growth / 16), records - coded);
                groups.add((int) Math.min(lanes, size));
            }
            chain = new Chain(heads, lanes, growth, ramp, fronts, plain, groups);
            stack = new Stack(in, heads);
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
            int coded = records;
            for (int i = chain.groups.size() - 1; i >= 0; i--) {
                final int size = chain.groups.get(i);
                coded -= size;
                final Lane[] group = new Lane[size];
                Arrays.setAll(group, j -> new Lane(d));
                decode(group, depth(coded));
                for (int j = 0; j < size; j++) {
                    levels[records - coded - size + j] = group[j].level;
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
                        posterior[i * size + j] = gaussian(output[i], deviation(output[width + i]));
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

        /** The means of layer k's posterior, then what gives its deviations. */
        private float[] posterior(Lane lane, int k) {
            if (lane.encoded == null) {
                final float[] numbers = new float[d.dims];
                for (int i = 0; i < d.dims; i++) {
                    numbers[i] = number(lane.level[i]);
                }
                lane.encoded = model.hiddenLayers("encoder", d.encoder, numbers);
            }
            return k == d.latents.length ? model.dense("encoder.out", lane.encoded)
                : model.outputs("posterior." + k, d.posteriors.get(k - 1), concat(lane.encoded, lane.z[k]));
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
                        : model.tail("mark", d.mark, model.first("mark", pixel, inputs(lane, pixel)), new float[0])[0];
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
                final int[] levels = stack.pop(index.length, i ->
                    distribution(group[index[i] % size], piece[index[i] / size], channel, trunk[index[i]]));
                for (int i = 0; i < index.length; i++) {
                    group[index[i] % size].level[piece[index[i] / size] * d.channels + c] = levels[i];
                }
            }
            for (int i = 0; i < symbols; i++) {
                group[i % size].count(piece[i / size]);
            }
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
}
