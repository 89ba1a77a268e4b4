package org.bbans.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionWriter;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.codec.wire.Varint;
import org.bbans.model.spec.Description;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2Options;

/** Small archives that ask for very much memory or work. */
final class HostileArchives {

    private static final String DENSE = """
            {"version":1,"name":"dense","shape":[2],"levels":256,"latents":0,
             "likelihood":{"kind":"categorical","hidden":[4096,4096,4096,4096],"rank":1}}""";
    private static final String ONE_SAMPLE = """
            {"version":1,"name":"one","shape":[1],"levels":256,"latents":0,
             "likelihood":{"kind":"categorical","hidden":[1],"rank":1}}""";
    private static final String WIDE = """
            {"version":1,"name":"wide","shape":[1024,1024],"levels":256,"latents":1024,
             "encoder":{"hidden":[16]},"decoder":{"hidden":[8],"features":1},
             "likelihood":{"kind":"categorical","window":{"radius":32,"rows":32},"hidden":[16],"rank":1}}""";

    private HostileArchives() {}

    /** A block of 2^25 records of one sample, each a group of its own. */
    static byte[] groups() throws IOException {
        byte[] chain = {0, 15, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x10, 0, 0, 0, (byte) 0x80, 0, 0, 0, 0};
        return archive(zeros(ONE_SAMPLE), layout(1), BlockKind.MODEL, 1 << 25, chain, 1);
    }

    /** A model file of 2^28 zeros. */
    static byte[] modelOfZeros() throws IOException {
        return archive(new byte[ModelReference.MAX_EMBEDDED_BYTES], layout(2), BlockKind.MODEL, 2, new byte[1], 1);
    }

    /** A model of 50 million weights, all zero. */
    static byte[] hugeModel() throws IOException {
        return archive(zeros(DENSE), layout(2), BlockKind.MODEL, 2, new byte[1], 1);
    }

    /** A model of wide layers, many latents and a large window over records of 2^20 samples. */
    static byte[] wideModel() throws IOException {
        return archive(zeros(WIDE), layout(1024, 1024), BlockKind.MODEL, 1 << 20, new byte[20], 1);
    }

    /** A model with convolutions of so many units in 16 layers, for 16 records of 64x64. */
    static byte[] slowModel(int units) throws IOException {
        String spec = """
                {"version":1,"name":"slow","shape":[64,64],"levels":256,"latents":0,
                 "likelihood":{"kind":"categorical","window":{"radius":8,"rows":6},
                  "blocks":{"count":16,"radius":8,"rows":6},"hidden":[UNITS],"rank":1}}"""
                .replace("UNITS", String.valueOf(units));
        return archive(zeros(spec), layout(64, 64), BlockKind.MODEL, 16 << 12, new byte[20], 1);
    }

    /** Blocks of one byte that claim to hold a gibibyte each. */
    static byte[] claims() throws IOException {
        return archive(null, Layout.NONE, BlockKind.LZMA2, BlockEntry.MAX_RAW, new byte[1], 100);
    }

    /** Blocks that a model makes out of a few bytes, for terabytes of content. */
    static byte[] manyBlanks() throws IOException {
        return archive(zeros(ONE_SAMPLE), layout(1), BlockKind.MODEL, 1 << 25, new byte[10], 50_000);
    }

    /** A megabyte of zeros, as the content of 20,000 files. */
    static byte[] manyCopies() throws IOException {
        int size = 1 << 20;
        Spool stream = new Spool();
        ArchiveOutputStream archive = new ArchiveOutputStream(stream, ArchiveOptions.DEFAULT);
        archive.write(new byte[size]);
        archive.finish();
        List<CollectionEntry> entries = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            entries.add(new CollectionEntry(("f" + i).getBytes(StandardCharsets.US_ASCII), EntryType.FILE, 0600, 0, 0,
                    new byte[0], i > 0 ? new StoredContent.Repeat(size)
                            : new StoredContent.Segments(List.of(new StoredContent.Run(0, size)))));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        writer.batch(entries, List.of(stream), 0);
        writer.finish();
        return out.toByteArray();
    }

    /** Empty files whose paths all have the same hash code as Java computes it, in a folder that no disk can make. */
    static byte[] collidingNames() throws IOException {
        Spool stream = new Spool();
        new ArchiveOutputStream(stream, ArchiveOptions.DEFAULT).finish();
        List<CollectionEntry> entries = new ArrayList<>();
        int bits = 15;
        for (int i = 0; i < 1 << bits; i++) {
            StringBuilder path = new StringBuilder("x".repeat(300)).append('/');
            for (int k = bits - 1; k >= 0; k--) {
                path.append((i >> k & 1) == 0 ? "Aa" : "BB");
            }
            entries.add(
                    new CollectionEntry(path.toString().getBytes(StandardCharsets.US_ASCII), EntryType.FILE, 0600, 0,
                            0, new byte[0], new StoredContent.Segments(List.of())));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        writer.batch(entries, List.of(stream), 0);
        writer.finish();
        return out.toByteArray();
    }

    /** Stored blocks of one byte. */
    static byte[] tinyBlocks(int count) throws IOException {
        return archive(null, Layout.NONE, BlockKind.STORED, 1, new byte[1], count);
    }

    /** A layout of 2^40 records, of which there are none. */
    static byte[] manyRecords() throws IOException {
        return archive(null, new Layout(0, 0, new int[] {1}, SampleFormat.U8, 1L << 40), BlockKind.STORED, 1,
                new byte[1], 1);
    }

    private static Layout layout(int... shape) {
        return new Layout(0, 0, shape, SampleFormat.U8, Layout.UNKNOWN);
    }

    private static byte[] archive(byte[] model, Layout layout, BlockKind codec, long rawSize, byte[] payload,
            int blocks)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelReference reference = model == null ? null
                : new ModelReference("hostile", Checksums.sha256(model), null);
        out.writeBytes(HeaderFormat.write(
                new ArchiveHeader(ArchiveHeader.VERSION, layout, reference, null), model != null));
        if (model != null) {
            byte[] coded = lzma2(model);
            boolean smaller = coded.length < model.length;
            byte[] bytes = smaller ? coded : model;
            new BlockEntry(smaller ? BlockKind.LZMA2 : BlockKind.STORED, model.length, bytes.length).write(out);
            Varint.writeInt(out, Checksums.crc32c(model));
            out.writeBytes(bytes);
        }
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        index.write(0);
        Varint.write(index, out.size());
        BlockEntry entry = new BlockEntry(codec, rawSize, payload.length);
        for (int i = 0; i < blocks; i++) {
            out.writeBytes(entry.header(Checksums.crc32c(payload), out.size(), i * rawSize));
            out.writeBytes(payload);
            entry.write(index);
        }
        index.writeBytes(new byte[Checksums.SHA256_BYTES]);
        Varint.writeInt(index, Checksums.crc32c(index.toByteArray()));
        Varint.writeInt(index, index.size());
        out.writeBytes(index.toByteArray());
        return out.toByteArray();
    }

    /** With the preset that is fastest. */
    private static byte[] lzma2(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(Math.min(1 << 18, Lzma2.dictionary(content.length)));
        try (var lzma = options.getOutputStream(new FinishableWrapperOutputStream(out), ArrayCache.getDummyCache())) {
            lzma.write(content);
        }
        return out.toByteArray();
    }

    /** A model file in which all weights are zero. */
    private static byte[] zeros(String json) throws FormatException {
        Description spec = Description.parse(json);
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"bbans\":\"")
                .append(spec.toJson().replace("\"", "\\\"")).append("\"}");
        long end = 0;
        for (Map.Entry<String, List<Integer>> tensor : spec.tensors().entrySet()) {
            long begin = end;
            long size = Short.BYTES;
            for (int extent : tensor.getValue()) {
                size *= extent;
            }
            end += size;
            header.append(",\"").append(tensor.getKey()).append("\":{\"dtype\":\"BF16\",\"shape\":")
                    .append(tensor.getValue()).append(",\"data_offsets\":[").append(begin).append(',').append(end)
                    .append("]}");
        }
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Math.toIntExact(Long.BYTES + text.length + end)).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text).array();
    }
}
