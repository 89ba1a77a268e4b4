package org.bbans.codec.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.NotAnArchiveException;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.HeaderFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveDamageTest {

    private static final Layout LAYOUT = Layout.of(7, SampleFormat.BIT_ROWS, 8, 20).withPrefix(1);
    private static final int BLOCK_RECORDS = 10;
    private static final int RECORDS = 30;

    private static FakeRecordCodec model;
    private static byte[] content;
    private static byte[] archive;
    private static ArchiveInfo info;

    @TempDir
    private static Path dir;

    /** A small archive with everything: prefixes, model blocks, bytes before and behind, embedded model, wrapping. */
    @BeforeAll
    static void write() throws IOException {
        model = new FakeRecordCodec(LAYOUT);
        content = Archives.content(LAYOUT, RECORDS, 5, new Random(1));
        archive = Archives.write(content, ArchiveOptions.DEFAULT.withRecords(LAYOUT, model)
                .withBlockRecords(BLOCK_RECORDS).withEmbeddedModel(model.file())
                .withWrapping(new Wrapping(1, 9, 9, new byte[] {1, 2, 3})));
        info = ArchiveInfo.read(Files.write(dir.resolve("good.bba"), archive));
        assertThat(info.blocks()).extracting(BlockInfo::codec).containsExactly(BlockKind.STORED, BlockKind.MODEL,
                BlockKind.MODEL, BlockKind.MODEL, BlockKind.STORED);
    }

    private static byte[] read(byte[] bytes) throws IOException {
        return Archives.read(bytes, reference -> model, ReadOptions.DEFAULT.withThreads(2));
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        for (int length = 0; length < archive.length; length++) {
            byte[] cut = Arrays.copyOf(archive, length);
            assertThatThrownBy(() -> read(cut)).as("cut to %d bytes", length).isInstanceOf(FormatException.class);
            Path file = Files.write(dir.resolve("cut.bba"), cut);
            assertThatThrownBy(() -> ArchiveInfo.read(file)).as("cut to %d bytes", length)
                    .isInstanceOf(FormatException.class);
        }
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        for (int bit = 0; bit < 8 * archive.length; bit++) {
            byte[] bad = archive.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> read(bad)).as("bit %d", bit).isInstanceOf(FormatException.class);
        }
    }

    /** Whatever bit is flipped: what comes back is right outside the places that are reported. */
    @Test
    void keepGoingSavesAllThatTheReportDoesNotName() throws IOException {
        int saved = 0;
        for (int bit = 0; bit < 8 * archive.length; bit += 7) {
            byte[] bad = archive.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Path file = Files.write(dir.resolve("bad.bba"), bad);
            ReadOptions keepGoing = ReadOptions.DEFAULT.withKeepGoing(true);
            try (ArchiveInputStream fromFile = ArchiveInputStream.open(file, reference -> model, keepGoing);
                    ArchiveInputStream fromPipe = new ArchiveInputStream(new ByteArrayInputStream(bad),
                            reference -> model, keepGoing)) {
                checkSalvage(fromFile, bit);
                saved++;
                checkSalvage(fromPipe, bit);
                assertThat(fromPipe.damages()).as("bit %d", bit).isNotEmpty();
            } catch (FormatException e) {
                assertThat(bit / 8).as("bit %d: %s", bit, e).isLessThan((int) info.blocks().get(0).fileOffset());
            }
        }
        assertThat(saved).isGreaterThan((archive.length - (int) info.blocks().get(0).fileOffset()) * 8 / 7 - 2);
    }

    private static void checkSalvage(ArchiveInputStream in, int bit) throws IOException {
        checkSalvage(in, content, bit);
    }

    private static void checkSalvage(ArchiveInputStream in, byte[] content, int bit) throws IOException {
        byte[] back = in.readAllBytes();
        byte[] expected = content.clone();
        for (Damage damage : in.damages()) {
            int from = (int) damage.contentOffset();
            if (damage.length() == Damage.REST) {
                expected = Arrays.copyOf(expected, from);
                back = Arrays.copyOf(back, from);
            } else {
                int to = (int) (from + damage.length());
                Arrays.fill(expected, from, Math.min(to, expected.length), (byte) 0);
                Arrays.fill(back, from, Math.min(to, back.length), (byte) 0);
            }
        }
        assertThat(Arrays.equals(back, expected)).as("bit %d, %s", bit, in.damages()).isTrue();
    }

    @Test
    void keepGoingLosesOneBlockToADamagedHeaderInAFile() throws IOException {
        byte[] bad = archive.clone();
        BlockInfo hit = info.blocks().get(2);
        bad[(int) hit.fileOffset()] ^= 0x40;
        Path file = Files.write(dir.resolve("bad.bba"), bad);
        try (ArchiveInputStream in = ArchiveInputStream.open(file, reference -> model,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            // The index stands for the damaged numbers, so that not even this block is lost.
            assertThat(in.readAllBytes()).isEqualTo(content);
            assertThat(in.damages()).singleElement()
                    .matches(damage -> damage.contentOffset() == hit.contentOffset() && damage.length() == 0)
                    .extracting(Damage::reason).asString().contains("block 2 at offset " + hit.fileOffset());
        }
    }

    /** A hundred payloads of one byte each, all of which claim to hold a gibibyte. */
    @Test
    void keepGoingInventsNoGibibytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ArchiveHeader header = new ArchiveHeader(ArchiveHeader.VERSION, Layout.NONE, null, null);
        bytes.writeBytes(HeaderFormat.write(header, false));
        int headerSize = bytes.size();
        BlockSequence blocks = new BlockSequence(header, 0, headerSize);
        List<BlockInfo> infos = new ArrayList<>();
        BlockEntry entry = new BlockEntry(BlockKind.LZMA2, BlockEntry.MAX_RAW, 1);
        for (int i = 0; i < 100; i++) {
            BlockInfo info = blocks.add(entry, bytes.size());
            infos.add(info);
            bytes.writeBytes(entry.header(0, info.fileOffset(), info.contentOffset()));
            bytes.write(0);
        }
        bytes.writeBytes(ArchiveIndex.write(headerSize, infos, new byte[32]));
        Path file = Files.write(dir.resolve("claims.bba"), bytes.toByteArray());
        try (ArchiveInputStream in = ArchiveInputStream.open(file, ModelSource.NONE,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isLessThan(1 << 20);
            assertThat(in.damages()).extracting(Damage::length).containsExactly(Damage.REST);
        }
    }

    /** Each is reported in its place, and the end where it is. */
    @Test
    void severalDamagesWithoutAnIndex() throws IOException {
        byte[] bad = archive.clone();
        List<BlockInfo> blocks = info.blocks();
        for (int number : new int[] {1, 3}) {
            bad[(int) blocks.get(number).fileEnd() - 1] ^= 1;
        }
        bad[bad.length - 20] ^= 1;
        Path file = Files.write(dir.resolve("bad.bba"), bad);
        ReadOptions keepGoing = ReadOptions.DEFAULT.withKeepGoing(true);
        for (ArchiveInputStream in : List.of(ArchiveInputStream.open(file, reference -> model, keepGoing),
                new ArchiveInputStream(new ByteArrayInputStream(bad), reference -> model, keepGoing))) {
            try (in) {
                assertThat(in.readAllBytes()).hasSameSizeAs(content);
                assertThat(in.damages()).extracting(Damage::contentOffset).containsExactly(
                        blocks.get(1).contentOffset(), blocks.get(3).contentOffset(), (long) content.length);
                assertThat(in.damages()).extracting(Damage::length).containsExactly(blocks.get(1).rawSize(),
                        blocks.get(3).rawSize(), Damage.REST);
            }
        }
    }

    @Test
    void keepGoingNamesTheDamagedBlock() throws IOException {
        byte[] bad = archive.clone();
        BlockInfo hit = info.blocks().get(2);
        bad[(int) (hit.fileOffset() + hit.fileSize() - 1)] ^= 1;
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(bad), reference -> model,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            byte[] back = in.readAllBytes();
            assertThat(in.damages()).hasSize(1);
            Damage damage = in.damages().get(0);
            assertThat(damage.contentOffset()).isEqualTo(hit.contentOffset());
            assertThat(damage.length()).isEqualTo(hit.rawSize());
            assertThat(damage.reason()).contains("block 2 at offset " + hit.fileOffset());
            assertThat(back).hasSameSizeAs(content);
        }
    }

    @Test
    void damageInAGroupLosesTheRestOfItAndNothingElse() throws IOException {
        Layout layout = Layout.of(3, SampleFormat.U8, 10, 10).withPrefix(2);
        byte[] images = Archives.content(layout, 24, 5, new Random(2));
        FakeRasterCodec learner = new FakeRasterCodec(FakeRasterCodec.Manner.HONEST, 200);
        byte[] good = Archives.write(images,
                ArchiveOptions.DEFAULT.withRecords(layout, learner).withBlockRecords(8).withXz(false));
        Path file = dir.resolve("groups.bba");
        List<BlockInfo> blocks = ArchiveInfo.read(Files.write(file, good)).blocks();
        BlockInfo hit = blocks.get(6);
        assertThat(blocks).extracting(BlockInfo::codec).startsWith(BlockKind.STORED, BlockKind.ROWS,
                BlockKind.MORE_ROWS, BlockKind.MORE_ROWS, BlockKind.MORE_ROWS, BlockKind.ROWS, BlockKind.MORE_ROWS);
        byte[] bad = good.clone();
        bad[(int) hit.payloadOffset() + 5] ^= 1;
        Files.write(file, bad);
        for (int threads = 1; threads <= 3; threads++) {
            try (ArchiveInputStream in = ArchiveInputStream.open(file, reference -> learner,
                    ReadOptions.DEFAULT.withKeepGoing(true).withThreads(threads))) {
                checkSalvage(in, images, 0);
                assertThat(in.damages()).extracting(Damage::contentOffset).containsExactly(hit.contentOffset(),
                        blocks.get(7).contentOffset(), blocks.get(8).contentOffset());
                assertThat(in.damages().get(2).reason()).contains(blocks.get(8).place(), "without " + hit.place());
            }
        }
        try (RecordReader reader = new RecordReader(file, reference -> learner)) {
            assertThat(reader.read(9)).isEqualTo(Arrays.copyOfRange(images, 3 + 9 * 102, 3 + 10 * 102));
            assertThatThrownBy(() -> reader.read(11)).isInstanceOf(CorruptArchiveException.class);
            assertThatThrownBy(() -> reader.read(14)).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining(hit.place());
            assertThat(reader.read(23)).isEqualTo(Arrays.copyOfRange(images, 3 + 23 * 102, 3 + 24 * 102));
        }
        for (int bit = 0; bit < 8 * good.length; bit += 5) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Archives.read(flipped, reference -> learner)).as("bit %d", bit)
                    .isInstanceOf(FormatException.class);
            try (ArchiveInputStream in = ArchiveInputStream.open(Files.write(file, flipped), reference -> learner,
                    ReadOptions.DEFAULT.withKeepGoing(true).withThreads(2))) {
                checkSalvage(in, images, bit);
            } catch (FormatException e) {
                assertThat(bit / 8).as("bit %d: %s", bit, e).isLessThan((int) blocks.get(0).fileOffset());
            }
        }
    }

    /** What the structure of groups forbids is damage, whoever finds it. */
    @Test
    void groupsThatCannotBeAreRefused() throws IOException {
        Layout layout = Layout.of(0, SampleFormat.U8, 10, 10).withCount(4);
        ArchiveHeader header = new ArchiveHeader(1, layout, new ModelReference("fake", new byte[32], null), null);
        assertRefused(header, "has not begun", new BlockEntry(BlockKind.MORE_ROWS, 10, 5));
        assertRefused(header, "or decompress with --keep-going", new BlockEntry(BlockKind.MORE_ROWS, 10, 5));
        assertRefused(header, "or decompress with --keep-going", new BlockEntry(BlockKind.MODEL, 10, 5));
        assertRefused(header, "has not begun", new BlockEntry(BlockKind.ROWS, 10, 5),
                new BlockEntry(BlockKind.STORED, 10, 10), new BlockEntry(BlockKind.MORE_ROWS, 10, 5));
        assertRefused(header, "whole rows", new BlockEntry(BlockKind.ROWS, 15, 5));
        assertRefused(header, "whole rows", new BlockEntry(BlockKind.STORED, 5, 5),
                new BlockEntry(BlockKind.ROWS, 10, 5));
        assertRefused(header, "more rows", new BlockEntry(BlockKind.ROWS, 410, 5));
        assertRefused(header, "beyond the record", new BlockEntry(BlockKind.STORED, 90, 90),
                new BlockEntry(BlockKind.ROWS, 20, 5));
        assertRefused(header, "beyond the record", new BlockEntry(BlockKind.STORED, 80, 80),
                new BlockEntry(BlockKind.ROWS, 10, 5), new BlockEntry(BlockKind.MORE_ROWS, 20, 5));
        assertRefused(new ArchiveHeader(1, layout, null, null), "whole rows", new BlockEntry(BlockKind.ROWS, 10, 5));
        Layout wide = Layout.of(0, SampleFormat.U8, 2, (1 << 22) + 1);
        assertRefused(new ArchiveHeader(1, wide, header.model(), null), "whole rows",
                new BlockEntry(BlockKind.ROWS, (1 << 22) + 1, 5));
        Layout planes = Layout.of(0, SampleFormat.PLANES, 10, 3);
        assertRefused(new ArchiveHeader(1, planes, header.model(), null), "whole rows",
                new BlockEntry(BlockKind.ROWS, 15, 5));
    }

    private static void assertRefused(ArchiveHeader header, String reason, BlockEntry... entries) throws IOException {
        BlockSequence blocks = new BlockSequence(header, 0, 0);
        for (int i = 0; i < entries.length - 1; i++) {
            blocks.add(entries[i], 0);
        }
        assertThatThrownBy(() -> blocks.add(entries[entries.length - 1], 0)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContainingAll(reason, "--keep-going");
    }

    @Test
    void eachKindOfDamageHasItsOwnMessage() throws IOException {
        List<BlockInfo> blocks = info.blocks();
        BlockInfo stored = blocks.get(4);
        BlockInfo coded = blocks.get(1);
        int storedPayload = (int) (stored.fileOffset() + stored.headerSize());
        int indexStart = (int) (stored.fileOffset() + stored.fileSize());
        assertMessage(flip(0), NotAnArchiveException.class, "not a bbans archive", "begins with ba");
        assertMessage(flip(4), CorruptArchiveException.class, "header", "flags");
        assertMessage(flip(6), CorruptArchiveException.class, "header", "CRC");
        assertMessage(flip((int) blocks.get(0).fileOffset() - 1), CorruptArchiveException.class,
                "embedded model", "CRC");
        assertMessage(flip(storedPayload), CorruptArchiveException.class,
                "block 4 at offset " + stored.fileOffset(), "CRC mismatch", "--keep-going");
        assertMessage(flip((int) (coded.fileOffset() + coded.fileSize()) - 1), CorruptArchiveException.class, "block 1",
                "CRC mismatch");
        assertMessage(flip(indexStart + 3), CorruptArchiveException.class, "index at offset " + indexStart);
        assertMessage(flip(archive.length - 1), CorruptArchiveException.class, "index", "size");
        assertMessage(Arrays.copyOf(archive, storedPayload + 2), CorruptArchiveException.class,
                "block 4 at offset " + stored.fileOffset(), "truncated");
        assertMessage(new byte[0], NotAnArchiveException.class, "empty");
        assertMessage("\u001f\u008b\b something else".getBytes(), NotAnArchiveException.class, "not a bbans archive");
        assertMessage(Arrays.copyOf(archive, archive.length + 1), CorruptArchiveException.class,
                "ends at offset " + archive.length, "other bytes follow");
        byte[] newer = archive.clone();
        newer[3] = 2;
        assertMessage(newer, UnsupportedArchiveException.class, "version 2", "newer");
    }

    private static byte[] flip(int offset) {
        byte[] bad = archive.clone();
        bad[offset] ^= offset == 4 ? (byte) 0x80 : 1;
        return bad;
    }

    private static void assertMessage(byte[] bad, Class<? extends FormatException> type, String... parts) {
        assertThatThrownBy(() -> read(bad)).isInstanceOf(type).message().contains(parts);
    }

    @Test
    void bytesBehindTheEndAreLeftAloneWhenAskedFor() throws IOException {
        InputStream two = new SequenceInputStream(new ByteArrayInputStream(archive), new ByteArrayInputStream(archive));
        try (ArchiveInputStream in = new ArchiveInputStream(two, reference -> model,
                ReadOptions.DEFAULT.withAllowTrailing(true))) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void aMissingAWrongAndAnUnusableModelAreToldApart() {
        assertThatThrownBy(() -> Archives.read(archive, ModelSource.NONE))
                .isInstanceOf(UnsupportedArchiveException.class)
                .hasMessageContainingAll("\"fake\"", info.header().model().shortHash(), "--model");
        FakeRecordCodec other = new FakeRecordCodec(3, 2, FakeRecordCodec.Manner.HONEST);
        assertThatThrownBy(() -> Archives.read(archive, reference -> other))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining("right model file");
        FakeRecordCodec misfit = new FakeRecordCodec(3, 2, FakeRecordCodec.Manner.HONEST) {
            @Override
            public byte[] sha256() {
                return model.sha256();
            }
        };
        assertThatThrownBy(() -> Archives.read(archive, reference -> misfit))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining("3 samples of 2 levels");
        FakeRecordCodec broken = new FakeRecordCodec((int) LAYOUT.dims(), 2, FakeRecordCodec.Manner.THROWS_ON_DECODE);
        FakeRecordCodec brokenTwin = new FakeRecordCodec((int) LAYOUT.dims(), 2,
                FakeRecordCodec.Manner.THROWS_ON_DECODE) {
            @Override
            public byte[] sha256() {
                return model.sha256();
            }
        };
        assertThat(broken.sha256()).isEqualTo(brokenTwin.sha256());
        assertThatThrownBy(() -> Archives.read(archive, reference -> brokenTwin))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("block 1");
    }

    @Test
    void aTinyFileThatClaimsGibibytesAllocatesLittle() {
        for (BlockKind codec : BlockKind.values()) {
            ByteArrayOutputStream bad = new ByteArrayOutputStream();
            byte[] header = HeaderFormat.write(new ArchiveHeader(1, Layout.of(0, SampleFormat.U8, 1 << 12),
                    new ModelReference("fake", new byte[32], null), null), false);
            bad.writeBytes(header);
            new BlockEntry(codec, 1 << 30, (1 << 30) - 1).write(bad);
            bad.writeBytes(new byte[20]);
            assertAllocatesLittle(bad.toByteArray());
        }
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        model.writeBytes(HeaderFormat.write(new ArchiveHeader(1, Layout.of(0, SampleFormat.U8, 1 << 12),
                new ModelReference("fake", new byte[32], null), null), true));
        new BlockEntry(BlockKind.STORED, ModelReference.MAX_EMBEDDED_BYTES, ModelReference.MAX_EMBEDDED_BYTES)
                .write(model);
        model.writeBytes(new byte[20]);
        assertAllocatesLittle(model.toByteArray());
        byte[] index = archive.clone();
        Arrays.fill(index, index.length - 4, index.length, (byte) 0x7f);
        assertAllocatesLittle(index);
    }

    private static void assertAllocatesLittle(byte[] bad) {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> read(bad)).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> ArchiveInfo.read(Files.write(dir.resolve("hostile.bba"), bad)))
                .isInstanceOf(FormatException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .isLessThan(Lzma2.dictionary(Long.MAX_VALUE) + (2L << 20));
    }

    @Test
    void theMemoryLimitIsKept() throws IOException {
        byte[] big = Archives.write(new byte[1_000_000], ArchiveOptions.DEFAULT);
        ReadOptions tight = ReadOptions.DEFAULT.withMemoryLimit(1_500_000);
        assertThatThrownBy(() -> Archives.read(big, ModelSource.NONE, tight))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContainingAll("block 0", "limit");
    }

    @Test
    void theMemoryLimitHoldsForRecords() throws IOException {
        Path file = Files.write(dir.resolve("limited.bba"), archive);
        ReadOptions tight = ReadOptions.DEFAULT.withMemoryLimit(6L * model.file().length);
        try (RecordReader reader = new RecordReader(file, reference -> model, tight)) {
            assertThatThrownBy(() -> reader.read(0)).isInstanceOf(UnsupportedArchiveException.class)
                    .hasMessageContainingAll("block 1", "--memory");
        }
    }

    @Test
    void theMemoryLimitHoldsForEmbeddedModels() {
        ReadOptions tight = ReadOptions.DEFAULT.withMemoryLimit(6L * model.file().length - 1);
        assertThatThrownBy(() -> Archives.read(archive, reference -> model, tight))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContainingAll("embedded model", "--memory");
    }

    /** Blocks of which only one fits at a time are decoded one after the other, not refused. */
    @Test
    void theMemoryLimitIsSharedByBlocksThatAreDecodedAtATime() throws IOException {
        ReadOptions enough = ReadOptions.DEFAULT.withMemoryLimit(10_000).withThreads(8);
        assertThat(Archives.read(archive, reference -> model, enough)).isEqualTo(content);
    }

    @Test
    void anEmbeddedModelThatAsksForTooMuchWorkIsRefused() throws IOException {
        FakeRecordCodec slow = new FakeRecordCodec(LAYOUT) {
            @Override
            public long multiplyAdds() {
                return 1L << 55;
            }
        };
        assertThatThrownBy(() -> Archives.read(archive, reference -> slow))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining("multiply-adds");
        ReadOptions any = ReadOptions.DEFAULT.withWorkLimit(Long.MAX_VALUE);
        assertThat(Archives.read(archive, reference -> slow, any)).isEqualTo(content);
        Path file = Files.write(dir.resolve("slow.bba"), archive);
        try (RecordReader reader = new RecordReader(file, reference -> slow)) {
            assertThatThrownBy(() -> reader.read(0)).isInstanceOf(UnsupportedArchiveException.class)
                    .hasMessageContaining("multiply-adds");
        }
    }

    /** Blocks that cost next to nothing make no more than an archive of their size may, in a stream and in a row. */
    @Test
    void contentOutOfNothingIsRefused() throws IOException {
        byte[] zeros = new byte[100_000];
        byte[] one = Archives.write(zeros, ArchiveOptions.DEFAULT);
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            row.writeBytes(one);
        }
        ReadOptions tight = ReadOptions.DEFAULT.withContentLimit(3);
        assertThat(one).hasSizeLessThan(300);
        assertThat(Archives.read(one, ModelSource.NONE, tight)).isEqualTo(zeros);
        Path file = Files.write(dir.resolve("row.bba"), row.toByteArray());
        for (ReadOptions options : List.of(tight, tight.withKeepGoing(true))) {
            assertThatThrownBy(() -> Archives.read(row.toByteArray(), ModelSource.NONE, options))
                    .isInstanceOf(UnsupportedArchiveException.class)
                    .hasMessageContainingAll("400000 of content", "--memory none");
            try (ArchiveInputStream in = ArchiveInputStream.open(file, ModelSource.NONE, options)) {
                assertThatThrownBy(in::readAllBytes).isInstanceOf(UnsupportedArchiveException.class);
            }
        }
        assertThat(Archives.read(row.toByteArray(), ModelSource.NONE, tight.withoutLimits())).hasSize(500_000);
    }

    /** Whoever listens hears it when a model makes unusually much. */
    @Test
    void muchOutOfLittleIsTold() throws IOException {
        Layout layout = Layout.of(0, SampleFormat.U8, 1000, 1000);
        FakeRecordCodec free = new FakeRecordCodec(layout) {
            @Override
            public byte[] encode(byte[] samples, int records, IntConsumer done) {
                return new byte[] {1};
            }

            @Override
            public void decode(byte[] payload, byte[] samples, int records, IntConsumer done) {
                Arrays.fill(samples, (byte) 0);
            }
        };
        for (int records : new int[] {4, 40}) {
            byte[] made = Archives.write(new byte[records * 1_000_000],
                    ArchiveOptions.DEFAULT.withRecords(layout, free).withBlockRecords(4));
            List<Long> told = new ArrayList<>();
            ReadOptions listening = ReadOptions.DEFAULT.withListener(new ArchiveListener() {
                @Override
                public void expands(long contentBytes, long archiveBytes) {
                    assertThat(archiveBytes).isLessThan(made.length);
                    told.add(contentBytes);
                }
            });
            assertThat(Archives.read(made, reference -> free, listening)).hasSize(records * 1_000_000);
            assertThat(told).hasSize(records == 40 ? 1 : 0);
        }
    }

    @Test
    void damageInAStreamedBlockIsNoticedAndItsRestIsZeros() throws IOException {
        byte[] noise = new byte[20_000_000];
        new Random(8).nextBytes(noise);
        byte[] good = Archives.write(noise, ArchiveOptions.DEFAULT.withXz(false));
        byte[] bad = good.clone();
        bad[15_000_000] ^= 4;
        assertThatThrownBy(() -> Archives.read(bad, ModelSource.NONE)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContainingAll("block 0", "CRC mismatch");
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(bad), ModelSource.NONE,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            assertThat(in.readAllBytes()).hasSameSizeAs(noise);
            assertThat(in.damages()).hasSize(1);
        }
        byte[] cut = Arrays.copyOf(good, 17_000_000);
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(cut), ModelSource.NONE,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            byte[] back = in.readAllBytes();
            assertThat(back).isEqualTo(Arrays.copyOf(noise, back.length));
            assertThat(back.length).isGreaterThan(16_900_000);
            assertThat(in.damages()).extracting(Damage::length).containsExactly(Damage.REST);
        }
    }

    /** What is decoded before a damage is not thrown away: of a payload that is cut, whole chunks of 64 KiB at most. */
    @Test
    void keepGoingGivesWhatOfAnOpaqueBlockCanBeDecoded() throws IOException {
        StringBuilder lines = new StringBuilder();
        Random random = new Random(9);
        for (int i = 0; i < 150_000; i++) {
            lines.append(i).append(" took ").append(random.nextInt(1000)).append('\n');
        }
        byte[] text = lines.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] good = Archives.write(text, ArchiveOptions.DEFAULT);
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 4;
        for (byte[] archive : List.of(bad, Arrays.copyOf(good, good.length / 2))) {
            Path file = Files.write(dir.resolve("text.bba"), archive);
            for (ArchiveInputStream from : List.of(
                    new ArchiveInputStream(new ByteArrayInputStream(archive), ModelSource.NONE,
                            ReadOptions.DEFAULT.withKeepGoing(true)),
                    ArchiveInputStream.open(file, ModelSource.NONE, ReadOptions.DEFAULT.withKeepGoing(true)))) {
                try (ArchiveInputStream in = from) {
                    byte[] back = in.readAllBytes();
                    assertThat(Arrays.mismatch(back, text)).isGreaterThan(text.length / 4);
                    assertThat(back.length).isIn(text.length, Arrays.mismatch(back, text));
                    assertThat(in.damages()).hasSize(1);
                }
            }
        }
    }

    @Test
    void errorsOfTheSourceItselfPassThrough() {
        IOException broken = new IOException("Input/output error");
        InputStream in = new FilterInputStream(new ByteArrayInputStream(archive)) {
            private int left = archive.length / 2;

            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                int n = super.read(b, off, Math.min(len, left));
                left -= n;
                if (left == 0) {
                    throw broken;
                }
                return n;
            }
        };
        assertThatThrownBy(() -> {
            try (ArchiveInputStream archived = new ArchiveInputStream(in, reference -> model, ReadOptions.DEFAULT)) {
                archived.readAllBytes();
            }
        }).isSameAs(broken);
    }

    @Test
    void anInterruptedReaderStopsAndSoDoItsWorkers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        FakeRecordCodec endless = new FakeRecordCodec(LAYOUT) {
            @Override
            public void decode(byte[] payload, byte[] samples, int records, IntConsumer done) {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    stopped.countDown();
                }
            }
        };
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive), reference -> endless,
                ReadOptions.DEFAULT)) {
            in.readNBytes((int) LAYOUT.leading());
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            Thread.currentThread().interrupt();
            assertThatThrownBy(in::readAllBytes).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).as("the mark of the interruption stays").isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void randomDamageNeverCausesAnythingButAFormatException() throws IOException {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] bad = archive.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bad[4 + random.nextInt(bad.length - 4)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(bad)).as("seed %d", seed).isEqualTo(content);
            } catch (FormatException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
    }
}
