package org.bbans.codec.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several archives in a row are read as one. */
class MembersTest {

    private static final Layout LAYOUT = Layout.of(7, SampleFormat.U8, 4, 4).withPrefix(1);

    @TempDir
    private Path dir;

    private final FakeRecordCodec model = new FakeRecordCodec(LAYOUT);
    private final List<byte[]> contents = new ArrayList<>();
    private final List<byte[]> archives = new ArrayList<>();
    private byte[] content;
    private byte[] all;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        Random random = new Random(1);
        ArchiveOptions records = ArchiveOptions.DEFAULT.withRecords(LAYOUT, model).withBlockRecords(3).withXz(false);
        add(Archives.content(LAYOUT, 20, 5, random), records.withEmbeddedModel(model.file()));
        add(new byte[0], ArchiveOptions.DEFAULT);
        add(Archives.content(LAYOUT, 7, 0, random), records);
        add(new byte[100_000], ArchiveOptions.DEFAULT);
        content = concat(contents);
        all = concat(archives);
        file = Files.write(dir.resolve("all.bba"), all);
    }

    private void add(byte[] bytes, ArchiveOptions options) throws IOException {
        contents.add(bytes);
        archives.add(Archives.write(bytes, options));
    }

    private static byte[] concat(List<byte[]> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parts.forEach(out::writeBytes);
        return out.toByteArray();
    }

    @Test
    void contentsFollowOneAnother() throws IOException {
        for (int threads = 1; threads <= 3; threads += 2) {
            ReadOptions options = ReadOptions.DEFAULT.withThreads(threads);
            assertThat(Archives.read(all, reference -> model, options)).isEqualTo(content);
            for (boolean keepGoing : new boolean[] {false, true}) {
                try (ArchiveInputStream in =
                        ArchiveInputStream.open(file, reference -> model, options.withKeepGoing(keepGoing))) {
                    assertThat(in.readAllBytes()).isEqualTo(content);
                    assertThat(in.damages()).isEmpty();
                }
            }
        }
    }

    @Test
    void membersCanBeReadOneByOne() throws IOException {
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(all), reference -> model,
                ReadOptions.DEFAULT.withMembersApart(true))) {
            assertThatThrownBy(in::nextMember).isInstanceOf(IllegalStateException.class);
            for (int i = 0; i < contents.size(); i++) {
                assertThat(in.header().layout().isOpaque()).isEqualTo(i % 2 == 1);
                assertThat(in.readAllBytes()).isEqualTo(contents.get(i));
                assertThat(in.read()).isNegative();
                assertThat(in.nextMember()).isEqualTo(i + 1 < contents.size());
            }
            assertThat(in.nextMember()).isFalse();
        }
    }

    @Test
    void indexesLeadFromTheEndToTheBeginning() throws IOException {
        List<ArchiveInfo> infos = ArchiveInfo.members(file, ReadOptions.DEFAULT_MEMORY);
        assertThat(infos).hasSize(4);
        long offset = 0;
        for (int i = 0; i < infos.size(); i++) {
            assertThat(infos.get(i).offset()).isEqualTo(offset);
            assertThat(infos.get(i).fileSize()).isEqualTo(archives.get(i).length);
            assertThat(infos.get(i).contentSize()).isEqualTo(contents.get(i).length);
            offset += infos.get(i).fileSize();
        }
        assertThatThrownBy(() -> ArchiveInfo.read(file)).isInstanceOf(UnsupportedArchiveException.class)
                .hasMessageContaining("4 archives");
    }

    @Test
    void recordsAreCountedThrough() throws IOException {
        List<byte[]> records = new ArrayList<>();
        for (int member = 0; member <= 2; member += 2) {
            for (int at = 7; at + 17 <= contents.get(member).length; at += 17) {
                records.add(Arrays.copyOfRange(contents.get(member), at, at + 17));
            }
        }
        try (RecordReader reader = new RecordReader(file, reference -> model)) {
            assertThat(reader.records()).isEqualTo(records.size());
            Random random = new Random(2);
            for (int i = 0; i < 60; i++) {
                int record = random.nextInt(records.size());
                assertThat(reader.read(record)).as("record " + record).isEqualTo(records.get(record));
            }
            assertThatThrownBy(() -> reader.read(records.size())).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(reader::info).isInstanceOf(UnsupportedOperationException.class);
            assertThat(reader.model(reader.members().get(0)).embedded()).isEqualTo(model.file());
            assertThat(reader.model(reader.members().get(2)).embedded()).isNull();
        }
    }

    @Test
    void whatElseFollowsIsDamage() throws IOException {
        byte[] longer = Arrays.copyOf(all, all.length + 3);
        assertThatThrownBy(() -> Archives.read(longer, reference -> model)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("ends at offset " + all.length);
        byte[] cut = Arrays.copyOf(all, all.length - archives.get(3).length + 6);
        assertThatThrownBy(() -> Archives.read(cut, reference -> model)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("header");
        assertThat(Archives.read(longer, reference -> model, ReadOptions.DEFAULT.withAllowTrailing(true)))
                .isEqualTo(contents.get(0));
    }

    /** Whether the indexes are sound or not, what is behind a damage is found. */
    @Test
    void damageInOneLeavesTheOthers() throws IOException {
        List<ArchiveInfo> infos = ArchiveInfo.members(file, ReadOptions.DEFAULT_MEMORY);
        BlockInfo hit = infos.get(2).blocks().get(1);
        long at = contents.get(0).length + hit.contentOffset();
        byte[] bad = all.clone();
        bad[(int) hit.payloadOffset()] ^= 1;
        byte[] expected = content.clone();
        Arrays.fill(expected, (int) at, (int) (at + hit.rawSize()), (byte) 0);
        check(bad, expected, at, hit.rawSize(), 1);
        // The first archive's index, whose end is where the second one begins.
        bad[(int) infos.get(1).offset() - 20] ^= 1;
        check(bad, expected, at, hit.rawSize(), 2);
    }

    private void check(byte[] bad, byte[] expected, long at, long length, int damages) throws IOException {
        Files.write(file, bad);
        try (ArchiveInputStream in = ArchiveInputStream.open(file, reference -> model,
                ReadOptions.DEFAULT.withKeepGoing(true).withThreads(2))) {
            assertThat(in.readAllBytes()).isEqualTo(expected);
            assertThat(in.damages()).hasSize(damages);
            Damage last = in.damages().get(damages - 1);
            assertThat(last.contentOffset()).isEqualTo(at);
            assertThat(last.length()).isEqualTo(length);
        }
    }
}
