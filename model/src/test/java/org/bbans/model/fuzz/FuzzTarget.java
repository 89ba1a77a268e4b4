package org.bbans.model.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.RecordCodec;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.codec.wire.Varint;
import org.bbans.model.BuiltInModels;

/**
 * What a fuzzer drives. Each takes any bytes and returns, or throws what nobody should see. Where checksums would stop
 * every change, the bytes lack them, and they are computed.
 */
enum FuzzTarget {

    /**
     * SHA-256 of the content; size of the header without its CRC (u16), the header; blocks without locators.
     */
    ARCHIVE {
        @Override
        void accept(byte[] data) throws IOException {
            byte[] archive = archive(data);
            if (archive == null) {
                return;
            }
            byte[] content;
            try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive), MODELS, LIMITS)) {
                content = in.readNBytes(MOST_CONTENT);
                if (content.length == MOST_CONTENT) {
                    return;
                }
                require(Arrays.equals(Checksums.sha256(content), Arrays.copyOf(data, Checksums.SHA256_BYTES)),
                        "content without the SHA-256 that the archive names");
                Wrapping wrapping = in.header().wrapping();
                if (wrapping != null) {
                    rewrap(wrapping, content);
                }
            }
        }

        @Override
        byte[] seed(byte[] archive) throws IOException {
            FormatInput in = new FormatInput(new ByteArrayInputStream(archive), 0);
            HeaderFormat.read(in);
            int headerEnd = (int) in.position();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int named = archive.length - 2 * Integer.BYTES - Checksums.SHA256_BYTES;
            out.write(archive, named, Checksums.SHA256_BYTES);
            out.write(headerEnd - Integer.BYTES);
            out.write(headerEnd - Integer.BYTES >>> 8);
            out.write(archive, 0, headerEnd - Integer.BYTES);
            if ((archive[4] & EMBEDS) != 0) {
                BlockEntry model = BlockEntry.read(in, "");
                model.write(out);
                out.writeBytes(in.readBytes(Integer.BYTES + model.payloadSize(), ""));
            }
            for (BlockEntry entry = BlockEntry.read(in, ""); entry != null; entry = BlockEntry.read(in, "")) {
                entry.write(out);
                out.writeBytes(in.readBytes(Integer.BYTES, ""));
                in.readInt("");
                out.writeBytes(in.readBytes(entry.payloadSize(), ""));
            }
            return out.toByteArray();
        }
    },

    /** A model file. One that is accepted codes records so that they come back. */
    MODEL {
        @Override
        void accept(byte[] data) throws IOException {
            ArchiveModel model = MODELS.find(new ModelReference("fuzz", Checksums.sha256(data), data));
            require(Arrays.equals(model.sha256(), Checksums.sha256(data)), "a model of another file");
            if (model instanceof RecordCodec codec && codec.multiplyAdds() < MOST_WORK
                    && codec.memory(RECORDS) < LIMITS.memoryLimit()) {
                byte[] samples = new byte[RECORDS * codec.dims()];
                Random random = new Random(Arrays.hashCode(data));
                for (int i = 0; i < samples.length; i++) {
                    samples[i] = (byte) random.nextInt(codec.levels());
                }
                byte[] back = new byte[samples.length];
                codec.decode(codec.encode(samples, RECORDS), back, RECORDS);
                require(Arrays.equals(back, samples), "a model that does not give its records back");
            }
        }

        @Override
        byte[] seed(byte[] archive) throws IOException {
            FormatInput in = new FormatInput(new ByteArrayInputStream(archive), 0);
            HeaderFormat.read(in);
            if ((archive[4] & EMBEDS) == 0) {
                return null;
            }
            BlockEntry entry = BlockEntry.read(in, "");
            in.readInt("");
            return OpaqueBlock.decode(entry.codec(), in.readBytes(entry.payloadSize(), ""), (int) entry.rawSize());
        }
    },

    /** A file of any format. One that can be taken apart can be put together. */
    CONTENT {
        @Override
        void accept(byte[] data) throws IOException {
            LayoutDetector.whyOpaque(data, data.length, data.length);
            LayoutDetector.detect(data, data.length, data.length);
            LayoutDetector.detect(data, data.length, LayoutDetector.UNKNOWN_SIZE);
            ContentView view = ContentView.of(data);
            Anatomies.records(view);
            Anatomies.find(view).ifPresent(anatomy -> require(anatomy.size() == data.length,
                    "an anatomy of another size than the file's"));
            Wrappings.FileKind kind = Wrappings.kind(data, data.length).orElse(Wrappings.FileKind.DEFLATED);
            try (Spool inside = new Spool()) {
                Optional<Wrapping> wrapping = Wrappings.unwrap(kind, view, inside);
                if (wrapping.isPresent()) {
                    ByteArrayOutputStream back = new ByteArrayOutputStream();
                    try (InputStream in = inside.open()) {
                        Wrappings.rewrap(wrapping.get(), in, back, () -> false);
                    }
                    require(Arrays.equals(back.toByteArray(), data), "a file that does not come back");
                }
            }
        }

        @Override
        byte[] seed(byte[] archive) {
            return null;
        }
    },

    /** The kind of a wrapping (u8), the sizes of its data and of the file (u16 each), the data; the content. */
    WRAPPING {
        @Override
        void accept(byte[] data) throws IOException {
            if (data.length < 5) {
                return;
            }
            int recipe = Math.min(data.length - 5, u16(data, 1));
            rewrap(new Wrapping(data[0] & 0xff, u16(data, 3), 0, Arrays.copyOfRange(data, 5, 5 + recipe)),
                    Arrays.copyOfRange(data, 5 + recipe, data.length));
        }

        @Override
        byte[] seed(byte[] archive) throws IOException {
            try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive), MODELS, LIMITS)) {
                Wrapping wrapping = in.header().wrapping();
                if (wrapping == null || wrapping.data().length > 0xffff) {
                    return null;
                }
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(wrapping.kind());
                out.write(wrapping.data().length);
                out.write(wrapping.data().length >>> 8);
                out.write((int) wrapping.size());
                out.write((int) wrapping.size() >>> 8);
                out.writeBytes(wrapping.data());
                out.writeBytes(in.readAllBytes());
                return out.toByteArray();
            }
        }
    },

    /** The size of a directory (u16), the directory, its streams. */
    COLLECTION {
        @Override
        void accept(byte[] data) throws IOException {
            if (data.length < 3) {
                return;
            }
            int size = Math.min(data.length - 2, u16(data, 0));
            byte[] raw = Arrays.copyOfRange(data, 2, 2 + size);
            if (raw.length == 0) {
                return;
            }
            byte[] archive = CollectionForge.archive(raw, Arrays.copyOfRange(data, 2 + size, data.length));
            try (CollectionReader reader =
                    CollectionReader.of(new ByteArrayInputStream(archive), null, MODELS, LIMITS)) {
                for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    batch.read(entry -> true, (files, content) -> content.writeTo(new Bounded()));
                }
            }
        }

        @Override
        byte[] seed(byte[] archive) throws IOException {
            FormatInput in = new FormatInput(new ByteArrayInputStream(archive), 0);
            HeaderFormat.readCollection(in);
            byte[] raw = CollectionForge.directory(in);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(raw.length);
            out.write(raw.length >>> 8);
            out.writeBytes(raw);
            out.write(archive, (int) in.position(), archive.length - (int) in.position());
            return out.toByteArray();
        }
    };

    private static final BuiltInModels MODELS = new BuiltInModels();
    private static final ReadOptions LIMITS = ReadOptions.DEFAULT.withMemoryLimit(1 << 27);
    private static final int EMBEDS = 4;
    /** Magic, version, flags. */
    private static final int MIN_HEADER = 5;
    private static final int MOST_CONTENT = 1 << 24;
    private static final long MOST_WORK = 1 << 22;
    private static final int RECORDS = 3;

    /** Reads what the bytes stand for; refusing it with a {@link FormatException} is fine, and nothing else is. */
    abstract void accept(byte[] data) throws IOException;

    /** Bytes that stand for what an archive holds; null if it holds nothing of the kind. */
    abstract byte[] seed(byte[] archive) throws IOException;

    /** As {@link #accept}, but for the exceptions that are documented. */
    void run(byte[] data) {
        try {
            accept(data);
        } catch (FormatException | Bounded.Full e) {
            require(!e.getMessage().contains("\n"), "a message of several lines");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException(what);
        }
    }

    private static int u16(byte[] data, int at) {
        return data[at] & 0xff | (data[at + 1] & 0xff) << 8;
    }

    private static void rewrap(Wrapping wrapping, byte[] content) throws IOException {
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(content), new Bounded(), () -> false);
    }

    private static byte[] archive(byte[] data) throws IOException {
        int at = Checksums.SHA256_BYTES;
        if (data.length < at + 2 + MIN_HEADER) {
            return null;
        }
        int headerEnd = Math.min(data.length, at + 2 + u16(data, at));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(data, at + 2, headerEnd - at - 2);
        Varint.writeInt(out, Checksums.crc32c(out.toByteArray()));
        FormatInput in = new FormatInput(
                new ByteArrayInputStream(data, headerEnd, data.length - headerEnd), 0);
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        index.write(0);
        try {
            if (headerEnd - at > 6 && (data[at + 2 + 4] & EMBEDS) != 0) {
                BlockEntry model = BlockEntry.read(in, "");
                if (model != null) {
                    model.write(out);
                    out.writeBytes(in.readBytes(Integer.BYTES + model.payloadSize(), ""));
                }
            }
            Varint.write(index, out.size());
            long content = 0;
            for (BlockEntry entry = BlockEntry.read(in, ""); entry != null; entry = BlockEntry.read(in, "")) {
                int crc = in.readInt("");
                byte[] payload = in.readBytes(entry.payloadSize(), "");
                out.writeBytes(entry.header(crc, out.size(), content));
                out.writeBytes(payload);
                entry.write(index);
                content += entry.rawSize();
            }
        } catch (FormatException e) {
            // The last block is cut off or is none: left out.
            index.size();
        }
        index.write(data, 0, Checksums.SHA256_BYTES);
        Varint.writeInt(index, Checksums.crc32c(index.toByteArray()));
        Varint.writeInt(index, index.size());
        out.writeBytes(index.toByteArray());
        return out.toByteArray();
    }

    /** Takes some megabytes. */
    private static final class Bounded extends OutputStream {

        private long left = MOST_CONTENT;

        /** More than some megabytes were written. */
        private static final class Full extends IOException {

            private static final long serialVersionUID = 1;

            Full() {
                super("full");
            }
        }

        @Override
        public void write(int b) throws IOException {
            left--;
            if (left < 0) {
                throw new Full();
            }
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            left -= len;
            if (left < 0) {
                throw new Full();
            }
        }
    }
}
