package org.bbans.codec.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.SampleFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks are found again where neither the index nor a block's header is sound. */
class ScanFeedTest {

    private static final Layout LAYOUT = Layout.of(7, SampleFormat.U8, 4, 4).withPrefix(1);
    private static final int BLOCKS = 1000;

    @TempDir
    private Path dir;

    private final FakeRecordCodec model = new FakeRecordCodec(LAYOUT);

    private static byte[] destroyIndex(byte[] archive, BlockInfo last) {
        byte[] bad = archive.clone();
        byte[] noise = new byte[bad.length - (int) (last.fileOffset() + last.fileSize())];
        new Random(3).nextBytes(noise);
        System.arraycopy(noise, 0, bad, bad.length - noise.length, noise.length);
        return bad;
    }

    /** One bit in each byte of some headers, or with {@code -Dbbans.scan.step=1} of all, one at a time. */
    @Test
    void aBitInABlocksHeaderLosesAtMostThatBlock() throws IOException {
        byte[] content = Archives.content(LAYOUT, 2 * BLOCKS, 0, new Random(1));
        byte[] good = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(LAYOUT, model).withBlockRecords(2).withXz(false));
        Path file = Files.write(dir.resolve("good.bba"), good);
        List<BlockInfo> blocks = ArchiveInfo.read(file).blocks();
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(BLOCKS);
        assertThat(blocks).extracting(BlockInfo::codec).contains(BlockKind.STORED, BlockKind.MODEL);
        byte[] withoutIndex = destroyIndex(good, blocks.get(blocks.size() - 1));
        Random random = new Random(2);
        int tried = 0;
        for (int number = 0; number < blocks.size(); number = next(number, blocks.size())) {
            BlockInfo block = blocks.get(number);
            for (int i = 0; i < block.headerSize(); i++) {
                int at = (int) block.fileOffset() + i;
                int bit = 1 << random.nextInt(8);
                withoutIndex[at] ^= (byte) bit;
                Files.write(file, withoutIndex);
                withoutIndex[at] ^= (byte) bit;
                check(file, content, block, blocks.size(), "block " + block.number() + ", byte " + i + ", bit " + bit);
                tried++;
            }
        }
        System.out.printf("one bit in each of %,d bytes of headers of %,d blocks: at most that block lost%n", tried,
                blocks.size());
    }

    /** The last ones are the special ones. */
    private static int next(int number, int blocks) {
        return number >= blocks - 3 ? number + 1
                : Math.min(number + Integer.getInteger("bbans.scan.step", 97), blocks - 3);
    }

    private void check(Path file, byte[] content, BlockInfo hit, int blocks, String hitBit) throws IOException {
        try (ArchiveInputStream in = ArchiveInputStream.open(file, reference -> model,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            byte[] back = in.readAllBytes();
            List<Damage> damages = in.damages();
            String what = hitBit + ": " + damages;
            // The last one is the index.
            Damage end = damages.get(damages.size() - 1);
            assertThat(end.length()).as(what).isEqualTo(Damage.REST);
            boolean isLast = hit.number() == blocks - 1;
            assertThat(end.contentOffset()).as(what).isBetween(isLast ? hit.contentOffset() : content.length,
                    (long) content.length);
            assertThat(damages.get(0).contentOffset()).as(what).isEqualTo(hit.contentOffset());
            assertThat(damages.get(0).reason()).as(what).contains("at offset " + hit.fileOffset());
            for (Damage damage : damages.subList(0, damages.size() - 1)) {
                assertThat(damage.contentOffset()).as(what).isEqualTo(hit.contentOffset());
                assertThat(damage.length()).as(what).isIn(0L, hit.rawSize());
            }
            byte[] expected = Arrays.copyOf(content, back.length);
            boolean lost = damages.stream().anyMatch(damage -> damage.length() == hit.rawSize());
            assertThat(back.length).as(what).isEqualTo((int) end.contentOffset());
            if (lost) {
                // Zeros, or what could be decoded.
                System.arraycopy(back, (int) hit.contentOffset(), expected, (int) hit.contentOffset(),
                        (int) hit.rawSize());
            }
            assertThat(Arrays.equals(back, expected)).as(what).isTrue();
        }
    }

    @Test
    void severalHeadersInARowLeaveOneGap() throws IOException {
        byte[] content = Archives.content(LAYOUT, 100, 50, new Random(1));
        byte[] good = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(LAYOUT, model).withBlockRecords(4).withXz(false));
        Path file = Files.write(dir.resolve("good.bba"), good);
        List<BlockInfo> blocks = ArchiveInfo.read(file).blocks();
        byte[] bad = destroyIndex(good, blocks.get(blocks.size() - 1));
        for (int i = 5; i < 9; i++) {
            Arrays.fill(bad, (int) blocks.get(i).fileOffset(), (int) blocks.get(i).payloadOffset(), (byte) 0xff);
        }
        Files.write(file, bad);
        try (ArchiveInputStream in = ArchiveInputStream.open(file, reference -> model,
                ReadOptions.DEFAULT.withKeepGoing(true).withThreads(3))) {
            byte[] back = in.readAllBytes();
            long from = blocks.get(5).contentOffset();
            long to = blocks.get(9).contentOffset();
            Arrays.fill(content, (int) from, (int) to, (byte) 0);
            assertThat(back).isEqualTo(content);
            assertThat(in.damages().get(0)).matches(d -> d.contentOffset() == from && d.length() == to - from);
        }
    }

    /** A stored archive has headers too, whose locators belong to other places. */
    @Test
    void headersOfAnArchiveInABlockAreNotTaken() throws IOException {
        byte[] inner = Archives.write(Archives.content(LAYOUT, 60, 0, new Random(4)),
                ArchiveOptions.DEFAULT.withRecords(LAYOUT, model).withBlockRecords(2).withXz(false));
        byte[] noise = new byte[3000];
        new Random(5).nextBytes(noise);
        Layout layout = Layout.of(inner.length, SampleFormat.U8, 10, 10);
        byte[] content = Arrays.copyOf(inner, inner.length + noise.length);
        System.arraycopy(noise, 0, content, inner.length, noise.length);
        FakeRecordCodec other = new FakeRecordCodec(layout);
        byte[] good = Archives.write(content,
                ArchiveOptions.DEFAULT.withRecords(layout, other).withBlockRecords(5).withXz(false));
        Path file = Files.write(dir.resolve("outer.bba"), good);
        List<BlockInfo> blocks = ArchiveInfo.read(file).blocks();
        if (blocks.size() < 3) {
            // The model was given up: one block holds all.
            return;
        }
        byte[] bad = destroyIndex(good, blocks.get(blocks.size() - 1));
        bad[(int) blocks.get(0).fileOffset()] ^= 8;
        Files.write(file, bad);
        try (ArchiveInputStream in = ArchiveInputStream.open(file, ModelSource.NONE,
                ReadOptions.DEFAULT.withKeepGoing(true))) {
            byte[] back = in.readAllBytes();
            Arrays.fill(content, 0, (int) blocks.get(0).rawSize(), (byte) 0);
            assertThat(back).isEqualTo(content);
        }
    }
}
