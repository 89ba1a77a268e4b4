package org.bbans.model.file;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.model.spec.StrictJson;

/**
 * A safetensors file: named tensors of floats, and metadata.
 *
 * <p>The file is a little-endian 64-bit length, a JSON header of that length, and the tensors' bytes, which the
 * header's offsets cover without gaps or overlaps.
 *
 * @param metadata the header's {@code __metadata__}
 * @param tensors tensors by name
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public record Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {

    /** Longest header that is read. */
    static final int MAX_HEADER = 4 << 20;

    private static final String METADATA = "__metadata__";

    /** How a number is stored. All expand exactly to {@code float}. */
    public enum DType {
        /** IEEE 754 binary32. */
        F32(4),
        /** IEEE 754 binary16. */
        F16(2),
        /** The upper half of binary32. */
        BF16(2);

        private final int bytes;

        DType(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * A tensor.
     *
     * @param dtype how its numbers are stored in the file
     * @param shape extents, outermost first; row-major
     * @param values its numbers
     */
    public record Tensor(DType dtype, List<Integer> shape, float[] values) {
        /** Checks that shape and values agree. */
        public Tensor {
            shape = List.copyOf(shape);
            final long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
            if (size != values.length) {
                throw new IllegalArgumentException("shape " + shape + " does not have " + values.length + " elements");
            }
        }
    }

    /** Keeps the order of both maps. */
    public Safetensors {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    private record Entry(String name, DType dtype, List<Integer> shape, long begin, long end) {}

    /**
     * Reads a file.
     *
     * @throws FormatException if it is malformed, or has numbers of another type than {@link DType} names
     */
    public static Safetensors read(byte[] file) throws FormatException {
        final ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        check(file.length >= 8, "too short");
        final long headerLength = in.getLong();
        check(headerLength >= 2 && headerLength <= Math.min(MAX_HEADER, file.length - 8), "header length out of range");
        final int dataStart = 8 + (int) headerLength;
        final JsonObject header = header(text(file, 8, (int) headerLength));

        final Map<String, String> metadata = new LinkedHashMap<>();
        final List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonElement> member : header.entrySet()) {
            if (member.getKey().equals(METADATA)) {
                readMetadata(member.getValue(), metadata);
            } else {
                entries.add(entry(member.getKey(), member.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry e : entries) {
            check(e.begin == covered, "tensors leave a gap or overlap");
            covered = e.end;
        }
        check(covered == file.length - dataStart, "tensors do not cover the file");

        final Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry e : entries) {
            in.position(dataStart + (int) e.begin);
            tensors.put(e.name, new Tensor(e.dtype, e.shape, values(in, e)));
        }
        return new Safetensors(metadata, tensors);
    }

    /** The file's bytes. The tensors' data begins at a multiple of 8. */
    public byte[] toBytes() {
        final JsonObject header = new JsonObject();
        final JsonObject meta = new JsonObject();
        metadata.forEach(meta::addProperty);
        header.add(METADATA, meta);
        long offset = 0;
        for (Map.Entry<String, Tensor> t : tensors.entrySet()) {
            final Tensor tensor = t.getValue();
            final JsonObject o = new JsonObject();
            o.addProperty("dtype", tensor.dtype.name());
            final JsonArray shape = new JsonArray();
            tensor.shape.forEach(shape::add);
            o.add("shape", shape);
            final JsonArray offsets = new JsonArray();
            offsets.add(offset);
            offset += (long) tensor.values.length * tensor.dtype.bytes;
            offsets.add(offset);
            o.add("data_offsets", offsets);
            header.add(t.getKey(), o);
        }
        final byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        final byte[] padded = Arrays.copyOf(json, (json.length + 7) & -8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        final ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(8 + padded.length + offset))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(padded.length).put(padded);
        tensors.values().forEach(t -> write(t, out));
        return out.array();
    }

    /** UTF-8 without a byte order mark, which other readers refuse, and without anything to be replaced. */
    private static String text(byte[] bytes, int from, int length) throws CorruptArchiveException {
        try {
            final String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
            check(!text.startsWith("\uFEFF"), "header begins with a byte order mark");
            return text;
        } catch (CharacterCodingException e) {
            throw new CorruptArchiveException("model file: header is not UTF-8", e);
        }
    }

    private static JsonObject header(String json) throws CorruptArchiveException {
        final JsonElement e = StrictJson.parse("model file: header", json);
        check(e.isJsonObject(), "header is not a JSON object");
        return e.getAsJsonObject();
    }

    private static void readMetadata(JsonElement e, Map<String, String> metadata) throws CorruptArchiveException {
        check(e.isJsonObject(), "metadata is not an object");
        for (Map.Entry<String, JsonElement> m : e.getAsJsonObject().entrySet()) {
            check(isString(m.getValue()), "metadata must be strings");
            metadata.put(m.getKey(), m.getValue().getAsString());
        }
    }

    private static Entry entry(String name, JsonElement e) throws FormatException {
        check(e.isJsonObject(), "a tensor is not an object");
        final JsonObject o = e.getAsJsonObject();
        check(isString(o.get("dtype")), "a tensor has no dtype");
        final DType dtype = dtype(o.get("dtype").getAsString());
        final long[] shape = integers(o.get("shape"), Integer.MAX_VALUE);
        final long[] offsets = integers(o.get("data_offsets"), Integer.MAX_VALUE);
        check(offsets.length == 2 && offsets[0] <= offsets[1], "a tensor's offsets are malformed");
        long bytes = dtype.bytes;
        final List<Integer> extents = new ArrayList<>();
        for (long extent : shape) {
            extents.add((int) extent);
            bytes *= extent;
            check(bytes <= Integer.MAX_VALUE, "a tensor is too large");
        }
        check(offsets[1] - offsets[0] == bytes, "a tensor's offsets do not fit its shape");
        return new Entry(name, dtype, extents, offsets[0], offsets[1]);
    }

    private static DType dtype(String name) throws UnsupportedArchiveException {
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        throw new UnsupportedArchiveException("model file: only F32, F16 and BF16 numbers are supported");
    }

    private static long[] integers(JsonElement e, long max) throws CorruptArchiveException {
        check(e != null && e.isJsonArray() && e.getAsJsonArray().size() <= 8,
                "a tensor's shape or offsets are malformed");
        final JsonArray a = e.getAsJsonArray();
        final long[] values = new long[a.size()];
        for (int i = 0; i < values.length; i++) {
            final JsonElement v = a.get(i);
            check(v.isJsonPrimitive() && v.getAsJsonPrimitive().isNumber() && v.getAsString().matches("[0-9]{1,10}"),
                    "a tensor's shape or offsets are malformed");
            values[i] = Long.parseLong(v.getAsString());
            check(values[i] <= max, "a tensor is too large");
        }
        return values;
    }

    private static float[] values(ByteBuffer in, Entry e) {
        final float[] values = new float[(int) (e.end - e.begin) / e.dtype.bytes];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (e.dtype) {
                case F32 -> in.getFloat();
                case F16 -> HalfFloat.toFloat(in.getShort());
                case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
            };
        }
        return values;
    }

    private static void write(Tensor t, ByteBuffer out) {
        for (float v : t.values) {
            switch (t.dtype) {
                case F32 -> out.putFloat(v);
                case F16 -> out.putShort(HalfFloat.fromFloat(v));
                case BF16 -> {
                    final int bits = Float.floatToIntBits(v);
                    // Round to nearest even; a NaN's fraction must not carry into its exponent.
                    out.putShort((short) ((Float.isNaN(v) ? bits : bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16));
                }
                default -> throw new AssertionError(t.dtype);
            }
        }
    }

    private static boolean isString(JsonElement e) {
        return e != null && e.isJsonPrimitive() && e.getAsJsonPrimitive().isString();
    }

    private static void check(boolean condition, String message) throws CorruptArchiveException {
        if (!condition) {
            throw new CorruptArchiveException("model file: " + message);
        }
    }
}
