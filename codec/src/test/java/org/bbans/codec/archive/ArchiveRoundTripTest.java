package org.bbans.codec.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RasterShape;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.set.RecordOrder;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.HeaderFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveRoundTripTest {

    private static final Layout IMAGES = Layout.of(16, SampleFormat.U8, 10, 10);

    @TempDir
    private Path dir;

    @Test
    void everyLayoutComesBackWhateverTheThreadsAndTheSplitOfWrites() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            Layout layout = Archives.randomLayout(random);
            int records = random.nextInt(40);
            byte[] content = Archives.content(layout, records, random.nextInt(3) * random.nextInt(50), random);
            if (random.nextBoolean()) {
                layout = layout.withCount(random.nextInt(45));
            }
            FakeRecordCodec model = new FakeRecordCodec(layout);
            ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(layout, model)
                    .withBlockRecords(1 + random.nextInt(12)).withXz(random.nextInt(3) == 0);
            if (random.nextInt(4) == 0) {
                options = options.withEmbeddedModel(model.file());
            }
            if (random.nextInt(4) == 0) {
                options = options.withWrapping(new Wrapping(random.nextInt(256),
                        random.nextLong() >>> 1, random.nextInt(), new byte[random.nextInt(300)]));
            }
            byte[] archive = Archives.write(content, options);
            assertThat(writeInPieces(content, options.withThreads(3), random)).as("seed %d", seed).isEqualTo(archive);
            ReadOptions read = ReadOptions.DEFAULT.withThreads(1 + seed % 3).withKeepGoing(seed % 2 == 0);
            assertThat(Archives.read(archive, reference -> model, read)).as("seed %d", seed).isEqualTo(content);
            checkInfoAndRecords(archive, content, options, model, seed);
        }
    }

    /** With and without a model, with prefixes, in several blocks, and read record by record. */
    @Test
    void unorderedRecordsOfEveryLayoutComeBackSorted() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            Layout layout = Archives.randomLayout(random).withoutOrder();
            int records = random.nextInt(60);
            byte[] content = Archives.content(layout, records, random.nextInt(3) * random.nextInt(50), random);
            if (random.nextBoolean()) {
                layout = layout.withCount(random.nextInt(65));
            }
            int size = (int) layout.recordBytes();
            int from = (int) layout.leading();
            int sorted = (int) layout.records(content.length);
            for (int i = 1; i < sorted; i += 1 + random.nextInt(4)) {
                System.arraycopy(content, from + random.nextInt(sorted) * size + layout.prefix(), content,
                        from + i * size + layout.prefix(), size - layout.prefix());
            }
            FakeRecordCodec model = random.nextInt(3) == 0 ? null : new FakeRecordCodec(layout);
            ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(layout, model)
                    .withBlockRecords(1 + random.nextInt(20)).withXz(random.nextBoolean());
            byte[] unsorted = content.clone();
            RecordOrder.sort(content, from, sorted, size, layout.prefix());
            if (!Arrays.equals(content, unsorted)) {
                assertThatThrownBy(() -> Archives.write(unsorted, options)).as("seed %d", seed)
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sorted");
            }
            byte[] archive = Archives.write(content, options);
            assertThat(writeInPieces(content, options.withThreads(3), random)).as("seed %d", seed).isEqualTo(archive);
            assertThat(Archives.read(archive, reference -> model, ReadOptions.DEFAULT.withThreads(1 + seed % 3)))
                    .as("seed %d", seed).isEqualTo(content);
            checkInfoAndRecords(archive, content, options, model, seed);
        }
    }

    @Test
    void rowsOfEveryLayoutComeBackWhateverTheBlocksTheGroupsAndTheThreads() throws IOException {
        int continued = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Layout layout = Archives.randomLayout(random);
            int records = random.nextInt(40);
            byte[] content = Archives.content(layout, records, random.nextInt(3) * random.nextInt(50), random);
            if (random.nextBoolean()) {
                layout = layout.withCount(random.nextInt(45));
            }
            FakeRasterCodec model = new FakeRasterCodec(random.nextInt(3) == 0
                    ? FakeRasterCodec.Manner.GROWS_EVERY_THIRD : FakeRasterCodec.Manner.HONEST,
                    1 + random.nextInt(400));
            ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(layout, model)
                    .withBlockRecords(random.nextInt(12)).withXz(random.nextInt(3) == 0);
            if (random.nextInt(4) == 0) {
                options = options.withEmbeddedModel(model.file());
            }
            byte[] archive = Archives.write(content, options);
            assertThat(writeInPieces(content, options.withThreads(3), random)).as("seed %d", seed).isEqualTo(archive);
            ReadOptions read = ReadOptions.DEFAULT.withThreads(1 + seed % 3).withKeepGoing(seed % 2 == 0);
            assertThat(Archives.read(archive, reference -> model, read)).as("seed %d", seed).isEqualTo(content);
            checkInfoAndRecords(archive, content, options, model, seed);
            checkPlaces(content, model, random, seed);
            continued += ArchiveInfo.read(dir.resolve("a.bba")).blocks().stream()
                    .filter(block -> block.codec() == BlockKind.MORE_ROWS).count();
        }
        assertThat(continued).isGreaterThan(500);
    }

    /** Reading may begin near any place, where a group of blocks does or before. */
    private void checkPlaces(byte[] content, FakeRasterCodec model, Random random, int seed) throws IOException {
        for (int i = 0; i < 5; i++) {
            int place = random.nextInt(content.length + 20);
            try (ArchiveInputStream in = ArchiveInputStream.openNear(Files.newByteChannel(dir.resolve("a.bba")), place,
                    reference -> model, ReadOptions.DEFAULT.withThreads(1 + i % 2), () -> 0)) {
                assertThat(in.start()).as("seed %d, place %d", seed, place).isLessThanOrEqualTo(place);
                byte[] rest = Arrays.copyOfRange(content, (int) in.start(), content.length);
                assertThat(in.readAllBytes()).as("seed %d, place %d", seed, place).isEqualTo(rest);
                assertThat(in.nextMember()).isFalse();
            }
        }
    }

    @Test
    void aRecordOfAGroupIsReadByDecodingNoMoreThanWhatComesBeforeIt() throws IOException {
        byte[] content = Archives.content(IMAGES, 50, 0, new Random(1));
        FakeRasterCodec model = new FakeRasterCodec(FakeRasterCodec.Manner.HONEST, 200);
        byte[] archive = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withBlockRecords(10).withVerify(false));
        Path file = Files.write(dir.resolve("a.bba"), archive);
        model.groups.set(0);
        try (RecordReader reader = new RecordReader(file, reference -> model)) {
            assertThat(reader.info().blocks()).filteredOn(block -> block.codec() == BlockKind.ROWS).hasSize(5);
            reader.read(25);
            assertThat(model.decoded.get()).as("two records a block, the sixth of a group").isEqualTo(3);
            reader.read(24);
            reader.read(27);
            assertThat(model.decoded.get()).as("the next block").isEqualTo(4);
            assertThat(model.groups.get()).isEqualTo(1);
            reader.read(22);
            assertThat(model.decoded.get()).as("back again").isEqualTo(6);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FakeRasterCodec.Manner.class, names = {"LIES", "THROWS_ON_ENCODE", "THROWS_ON_DECODE"})
    void dataIsNeverLostToALearnerThatFails(FakeRasterCodec.Manner manner) throws IOException {
        byte[] content = Archives.content(IMAGES, 30, 7, new Random(3));
        List<String> reports = new ArrayList<>();
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT
                .withRecords(IMAGES, new FakeRasterCodec(manner, 500)).withListener(new ArchiveListener() {
                    @Override
                    public void fellBack(int block, String reason) {
                        reports.add(block + " " + reason);
                    }
                }));
        assertThat(Archives.read(archive, ModelSource.NONE)).isEqualTo(content);
        assertThat(reports).hasSize(1).allMatch(report -> report.contains("model"));
    }

    /** Packs samples below 16 in pairs; of rows of such noise nothing makes less. */
    private static final class PackingCodec extends FakeRasterCodec {

        PackingCodec(int blockSamples) {
            super(Manner.HONEST, blockSamples);
        }

        @Override
        public Group group(RasterShape raster, long records, boolean encodes) {
            return new Group() {
                @Override
                public byte[] encode(short[] samples, int rows, IntConsumer done) {
                    byte[] packed = new byte[samples.length / 2];
                    for (int i = 0; i < packed.length; i++) {
                        packed[i] = (byte) (samples[2 * i] << 4 | samples[2 * i + 1]);
                    }
                    return packed;
                }

                @Override
                public void decode(byte[] payload, short[] samples, int rows, IntConsumer done) {
                    for (int i = 0; i < payload.length; i++) {
                        samples[2 * i] = (short) (payload[i] >> 4 & 15);
                        samples[2 * i + 1] = (short) (payload[i] & 15);
                    }
                }
            };
        }
    }

    @Test
    void aBlankFirstBandDoesNotDecideAgainstTheModel() throws IOException {
        Layout layout = Layout.of(0, SampleFormat.U8, 200, 100).withCount(1);
        Random random = new Random(5);
        byte[] content = new byte[20_000];
        for (int i = content.length / 2; i < content.length; i++) {
            content[i] = (byte) random.nextInt(16);
        }
        RasterCodec model = new PackingCodec(5_000);
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT.withRecords(layout, model));
        assertThat(ArchiveInfo.read(Files.write(dir.resolve("a.bba"), archive)).blocks())
                .extracting(BlockInfo::codec).containsExactly(BlockKind.LZMA2, BlockKind.LZMA2, BlockKind.ROWS,
                        BlockKind.MORE_ROWS);
        assertThat(Archives.read(archive, reference -> model)).isEqualTo(content);
        random.nextBytes(content);
        byte[] noise = Archives.write(content, ArchiveOptions.DEFAULT.withRecords(layout, model));
        assertThat(noise.length - content.length).isLessThanOrEqualTo(69);
    }

    @Test
    void bandsOfAnImageAreOfOneSize() throws IOException {
        Layout layout = Layout.of(11, new SampleFormat.Words(true, false, false, 4096), 1000, 50, 3).withCount(2);
        byte[] content = Archives.content(layout, 2, 3, new Random(4));
        FakeRasterCodec model = new FakeRasterCodec(FakeRasterCodec.Manner.HONEST, 150 * 334);
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT.withRecords(layout, model).withBlockRecords(1)
                .withXz(false));
        ArchiveInfo info = ArchiveInfo.read(Files.write(dir.resolve("a.bba"), archive));
        assertThat(info.blocks()).extracting(BlockInfo::codec).containsExactly(BlockKind.STORED, BlockKind.ROWS,
                BlockKind.MORE_ROWS, BlockKind.MORE_ROWS, BlockKind.ROWS, BlockKind.MORE_ROWS, BlockKind.MORE_ROWS,
                BlockKind.STORED);
        assertThat(info.blocks()).filteredOn(block -> block.codec().isRows())
                .allMatch(block -> block.rawSize() == 300 * 334 || block.rawSize() == 300 * 333);
        assertThat(Archives.read(archive, reference -> model)).isEqualTo(content);
    }

    private void checkInfoAndRecords(byte[] archive, byte[] content, ArchiveOptions options, ArchiveModel model,
            int seed) throws IOException {
        Path file = Files.write(dir.resolve("a.bba"), archive);
        try (RecordReader reader = new RecordReader(file, reference -> model)) {
            ArchiveInfo info = reader.info();
            Layout layout = info.header().layout();
            assertThat(info.header().wrapping()).isEqualTo(options.wrapping());
            if (info.blocks().stream().anyMatch(block -> block.codec().needsModel())) {
                assertThat(layout).as("seed %d", seed).isEqualTo(options.layout());
                assertThat(info.header().model().sha256()).isEqualTo(model.sha256());
                assertThat(info.embeddedModelSize()).isEqualTo(options.embeddedModel() == null ? 0
                        : options.embeddedModel().length);
                assertThat(info.embeddedModelPacked()).isBetween(options.embeddedModel() == null ? 0L : 1L,
                        options.embeddedModel() == null ? 0L : info.fileSize() - 1);
            } else {
                assertThat(layout).isIn(options.layout(), Layout.NONE);
            }
            assertThat(info.contentSize()).isEqualTo(content.length);
            assertThat(info.sha256()).isEqualTo(Checksums.sha256().digest(content));
            for (int i = 0; i < info.records(); i += 3) {
                int from = (int) (layout.leading() + i * layout.recordBytes());
                assertThat(reader.read(i)).as("seed %d, record %d", seed, i)
                        .isEqualTo(Arrays.copyOfRange(content, from, from + (int) layout.recordBytes()));
            }
            assertThatThrownBy(() -> reader.read(info.records())).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static byte[] writeInPieces(byte[] content, ArchiveOptions options, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ArchiveOutputStream archive = new ArchiveOutputStream(out, options)) {
            for (int at = 0; at < content.length;) {
                int n = Math.min(content.length - at, random.nextInt(200));
                archive.write(content, at, n);
                at += n;
                if (at < content.length) {
                    archive.write(content[at++]);
                }
            }
        }
        return out.toByteArray();
    }

    @Test
    void aRecordIsReadByDecodingItsBlockOnly() throws IOException {
        byte[] content = Archives.content(IMAGES, 50, 0, new Random(1));
        FakeRecordCodec model = new FakeRecordCodec(IMAGES);
        byte[] archive = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withBlockRecords(10).withVerify(false));
        Path file = Files.write(dir.resolve("a.bba"), archive);
        try (RecordReader reader = new RecordReader(file, reference -> model)) {
            reader.read(25);
            reader.read(29);
            assertThat(model.decoded.get()).isEqualTo(1);
        }
    }

    @Test
    void anEmbeddedModelIsHandedToTheSource() throws IOException {
        byte[] content = Archives.content(IMAGES, 9, 0, new Random(2));
        FakeRecordCodec model = new FakeRecordCodec(IMAGES);
        byte[] archive = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withEmbeddedModel(model.file()));
        List<byte[]> seen = new ArrayList<>();
        assertThat(Archives.read(archive, reference -> {
            seen.add(reference.embedded());
            return model;
        })).isEqualTo(content);
        assertThat(seen).containsExactly(model.file());
    }

    @ParameterizedTest
    @EnumSource(value = FakeRecordCodec.Manner.class, names = "HONEST", mode = EnumSource.Mode.EXCLUDE)
    void dataIsNeverLostToAModelThatFails(FakeRecordCodec.Manner manner) throws IOException {
        byte[] content = Archives.content(IMAGES, 30, 7, new Random(3));
        FakeRecordCodec model = new FakeRecordCodec((int) IMAGES.dims(), 256, manner);
        List<String> reports = new ArrayList<>();
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withBlockRecords(15)
                .withListener(new ArchiveListener() {
                    @Override
                    public void fellBack(int block, String reason) {
                        reports.add(block + " " + reason);
                    }
                }));
        assertThat(Archives.read(archive, ModelSource.NONE)).isEqualTo(content);
        assertThat(reports).hasSize(1).allMatch(report -> report.contains("model"));
    }

    @Test
    void bytesThatDoNotFitTheFormatGoToTheFallbackBlockByBlock() throws IOException {
        // The first block does not decide against the model either if its bytes only do not fit.
        Layout layout = Layout.of(0, new SampleFormat.TwoValued(0, 255), 20, 20);
        byte[] content = Archives.content(layout, 40, 0, new Random(4));
        content[5 * (int) layout.recordBytes()] = 7;
        content[15 * (int) layout.recordBytes()] = 7;
        FakeRecordCodec model = new FakeRecordCodec(layout);
        byte[] archive = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(layout, model).withBlockRecords(10).withXz(false));
        ArchiveInfo info = ArchiveInfo.read(Files.write(dir.resolve("a.bba"), archive));
        assertThat(info.blocks()).extracting(BlockInfo::codec)
                .containsExactly(BlockKind.STORED, BlockKind.STORED, BlockKind.MODEL, BlockKind.MODEL);
        assertThat(Archives.read(archive, reference -> model)).isEqualTo(content);
    }

    @Test
    void recordsThatRepeatFarApartAreLeftToLzma2() throws IOException {
        Layout layout = Layout.of(0, SampleFormat.U8, 64, 64);
        byte[] content = new byte[50 * (int) layout.recordBytes()];
        byte[] noise = new byte[content.length / 5];
        new Random(5).nextBytes(noise);
        for (int i = 0; i < 5; i++) {
            System.arraycopy(noise, 0, content, i * noise.length, noise.length);
        }
        for (int i = 0; i < content.length; i++) {
            content[i] &= 0x0f;
        }
        FakeRecordCodec half = new FakeRecordCodec(layout) {
            @Override
            public byte[] encode(byte[] samples, int records, IntConsumer done) {
                byte[] packed = new byte[samples.length / 2];
                for (int i = 0; i < packed.length; i++) {
                    packed[i] = (byte) (samples[2 * i] << 4 | samples[2 * i + 1]);
                }
                return packed;
            }

            @Override
            public void decode(byte[] payload, byte[] samples, int records, IntConsumer done) {
                for (int i = 0; i < payload.length; i++) {
                    samples[2 * i] = (byte) (payload[i] >> 4 & 0x0f);
                    samples[2 * i + 1] = (byte) (payload[i] & 0x0f);
                }
            }
        };
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT.withRecords(layout, half));
        assertThat(archive.length).isLessThan(content.length / 8);
        assertThat(Archives.read(archive, reference -> half)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 100, 4095, 1 << 16, 1_000_000, 18_000_000})
    void randomBytesGrowByAtMost69(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT.withXz(size < 5_000_000));
        assertThat(archive.length - size).isBetween(50, 69);
        assertThat(Archives.read(archive, ModelSource.NONE)).isEqualTo(content);
    }

    @Test
    void aModelThatDoesNotSuitIsGivenUpAndCostsNothing() throws IOException {
        byte[] content = new byte[16 + 500 * (int) IMAGES.recordBytes()];
        new Random(11).nextBytes(content);
        FakeRecordCodec model = new FakeRecordCodec(IMAGES);
        ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withBlockRecords(100)
                .withEmbeddedModel(model.file());
        byte[] noise = Archives.write(content, options);
        assertThat(noise.length - content.length).isLessThanOrEqualTo(69);
        assertThat(Archives.write(content, options.withThreads(3))).isEqualTo(noise);
        assertThat(Archives.read(noise, ModelSource.NONE)).isEqualTo(content);
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * i >> 7);
        }
        byte[] solid = Archives.write(content, options);
        ArchiveInfo info = ArchiveInfo.read(Files.write(dir.resolve("a.bba"), solid));
        assertThat(info.header()).isEqualTo(new ArchiveHeader(1, IMAGES, null, null));
        assertThat(info.blocks()).extracting(BlockInfo::codec).containsExactly(BlockKind.LZMA2);
    }

    @Test
    void theOverheadOfOneStoredBlockIs69BytesEvenForAGibibyte() throws IOException {
        ArchiveHeader plain = new ArchiveHeader(1, Layout.NONE, null, null);
        int header = HeaderFormat.write(plain, false).length;
        BlockInfo block = new BlockSequence(plain, 0, header)
                .add(new BlockEntry(BlockKind.STORED, BlockEntry.MAX_RAW, BlockEntry.MAX_RAW), header);
        int index = ArchiveIndex.write(header, List.of(block), new byte[32]).length;
        assertThat(header + block.headerSize() + index).isEqualTo(69);
    }

    @Test
    void blocksTooLargeForMemoryAreStreamed() throws IOException {
        byte[] content = new byte[18_000_000];
        for (int i = 0; i < content.length; i += 1_000_000) {
            content[i] = (byte) (i >> 10);
        }
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT);
        AtomicLong progress = new AtomicLong();
        assertThat(Archives.read(archive, ModelSource.NONE, ReadOptions.DEFAULT.withListener(new ArchiveListener() {
            @Override
            public void progress(long contentBytes) {
                progress.set(contentBytes);
            }
        }))).isEqualTo(content);
        assertThat(progress.get()).isEqualTo(content.length);
        assertThat(archive.length).isLessThan(10_000);
    }

    /** A codec that goes on only when the listener has heard of its progress. */
    private static final class WaitingCodec extends FakeRecordCodec implements ArchiveListener {

        private final BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
        private final List<Long> growth = new ArrayList<>();

        WaitingCodec(Layout layout) {
            super(layout);
        }

        @Override
        public void progress(long contentBytes) {
            heard.add(contentBytes);
        }

        private void tellHalf(int records, IntConsumer done) {
            done.accept(records / 2);
            long before = growth.isEmpty() ? 0 : growth.get(growth.size() - 1);
            Long now = before;
            while (now != null && now <= before) {
                try {
                    now = heard.poll(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            growth.add(now);
        }

        @Override
        public byte[] encode(byte[] samples, int records, IntConsumer done) {
            tellHalf(records, done);
            return super.encode(samples, records, done);
        }

        @Override
        public void decode(byte[] payload, byte[] samples, int records, IntConsumer done)
                throws CorruptArchiveException {
            tellHalf(records, done);
            super.decode(payload, samples, records, done);
        }
    }

    @Test
    void progressIsHeardWhileABlockIsCoded() throws IOException {
        Layout layout = Layout.of(0, SampleFormat.U8, 10, 10);
        byte[] content = Archives.content(layout, 40, 0, new Random(5));
        WaitingCodec writing = new WaitingCodec(layout);
        byte[] archive = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(layout, writing).withListener(writing));
        assertThat(writing.growth).as("coding, then verifying").containsExactly(1000L, 3000L);
        assertThat(List.copyOf(writing.heard)).endsWith(4000L).isSorted();
        WaitingCodec reading = new WaitingCodec(layout);
        assertThat(Archives.read(archive, reference -> reading, ReadOptions.DEFAULT.withListener(reading)))
                .isEqualTo(content);
        assertThat(reading.growth).containsExactly(2000L);
        assertThat(List.copyOf(reading.heard)).endsWith(4000L).isSorted();
    }

    @Test
    void programsGoThroughTheBranchFilterWhereThatHelps() throws IOException {
        byte[] content = new byte[200_000];
        Random random = new Random(6);
        byte[] elf = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0};
        System.arraycopy(elf, 0, content, 0, elf.length);
        for (int at = 100; at + 5 < content.length; at += 12) {
            // A call of one of 50 functions: the relative address differs from place to place, the absolute one does
            // not.
            int relative = 1000 * random.nextInt(50) - at;
            content[at] = (byte) 0xe8;
            for (int i = 0; i < 4; i++) {
                content[at + 1 + i] = (byte) (relative >> 8 * i);
            }
        }
        byte[] archive = Archives.write(content, ArchiveOptions.DEFAULT.withThreads(2));
        ArchiveInfo info = ArchiveInfo.read(Files.write(dir.resolve("a.bba"), archive));
        assertThat(info.blocks()).extracting(BlockInfo::codec).containsExactly(BlockKind.LZMA2_X86);
        assertThat(Archives.read(archive, ModelSource.NONE)).isEqualTo(content);
        assertThat(archive).isEqualTo(Archives.write(content, ArchiveOptions.DEFAULT));
    }

    @Test
    void anArchiveThatWasNotFinishedIsNeverTakenForComplete() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ArchiveOutputStream archive = new ArchiveOutputStream(out, ArchiveOptions.DEFAULT)) {
            archive.write(new byte[1000]);
            archive.abort();
            assertThatThrownBy(() -> archive.write(1)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> Archives.read(out.toByteArray(), ModelSource.NONE))
                .isInstanceOf(FormatException.class);
    }

    @Test
    void aFullDiskEndsWithTheDisksOwnError() {
        IOException full = new IOException("No space left on device");
        assertThatThrownBy(() -> {
            try (ArchiveOutputStream archive = new ArchiveOutputStream(new OutputStream() {
                private int left = 500;

                @Override
                public void write(int b) throws IOException {
                    if (left-- == 0) {
                        throw full;
                    }
                }
            }, ArchiveOptions.DEFAULT.withXz(false))) {
                archive.write(new byte[1000]);
            }
        }).isSameAs(full);
    }

    @Test
    void noThreadOutlivesItsStream() throws Exception {
        byte[] content = Archives.content(IMAGES, 100, 0, new Random(7));
        FakeRecordCodec model = new FakeRecordCodec(IMAGES);
        byte[] archive = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withThreads(4).withBlockRecords(5));
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive), reference -> model,
                ReadOptions.DEFAULT.withThreads(4))) {
            in.readNBytes(50);
        }
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("bbans-block"))) {
            assertThat(System.nanoTime()).as("threads must end").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        FakeRecordCodec model = new FakeRecordCodec(IMAGES);
        assertThatThrownBy(() -> ArchiveOptions.DEFAULT.withRecords(Layout.of(0, SampleFormat.U8, 3), model))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> new ArchiveOutputStream(new ByteArrayOutputStream(),
                ArchiveOptions.DEFAULT.withRecords(IMAGES, model).withEmbeddedModel(new byte[3])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
