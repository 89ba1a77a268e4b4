package org.bbans.codec.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.content.number.CsvWrapping;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvWrappingTest {

    private final Random random = new Random(8);

    private static Optional<Wrapping> unwrap(byte[] file, ByteArrayOutputStream content) throws IOException {
        if (!Wrappings.kind(file, file.length).equals(Optional.of(Wrappings.FileKind.CSV))) {
            return Optional.empty();
        }
        try (Spool spool = new Spool(null)) {
            Optional<Wrapping> wrapping = Wrappings.unwrap(Wrappings.FileKind.CSV, ContentView.of(file), spool);
            try (InputStream in = spool.open()) {
                in.transferTo(content);
            }
            return wrapping;
        }
    }

    private static Optional<Wrapping> unwrap(String file) throws IOException {
        return unwrap(file.getBytes(StandardCharsets.ISO_8859_1), new ByteArrayOutputStream());
    }

    /** The layout of what is in a file, which comes back. */
    private static Layout layout(String text) throws IOException {
        byte[] file = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        byte[] inside = content.toByteArray();
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(inside), back, () -> false);
        assertThat(back.toByteArray()).isEqualTo(file);
        return LayoutDetector.detect(inside, inside.length, inside.length).orElseThrow().images().orElseThrow();
    }

    /** Rows of smooth images of a side and a number of channels, with numbers in front and behind. */
    private String images(int rows, int side, int channels, int most, String front, String behind) {
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows; r++) {
            int phase = random.nextInt(100);
            text.append(front.isEmpty() ? "" : front.replace("#", "" + random.nextInt(10)) + ",");
            for (int i = 0; i < side * side * channels; i++) {
                int x = i / channels % side;
                int y = i / channels / side;
                double wave = Math.sin((x + phase) / 5.0) + Math.sin((y + 2 * phase) / 7.0) + i % channels;
                text.append(i == 0 ? "" : ",").append((int) (most * (2 + wave) / (3 + channels)));
            }
            text.append(behind.isEmpty() ? "" : "," + behind.replace("#", "" + random.nextInt(10))).append('\n');
        }
        return text.toString();
    }

    @Test
    void rowsThatAreImagesAreRecords() throws IOException {
        Layout bare = layout(images(40, 12, 1, 255, "", ""));
        assertThat(bare.shape()).containsExactly(12, 12);
        assertThat(bare.records(1 << 20)).isEqualTo(40);
        Layout labels = layout("label,pixels\n" + images(40, 12, 1, 255, "#", ""));
        assertThat(labels.prefix()).isEqualTo(1);
        assertThat(labels.shape()).containsExactly(12, 12);
        Layout behind = layout(images(40, 9, 1, 60_000, "-1,20000#", "7#99999"));
        assertThat(behind.prefix()).isEqualTo(1 + 1 + 4);
        assertThat(behind.shape()).containsExactly(9, 9);
        assertThat(behind.format()).isEqualTo(
                new SampleFormat.Words(false, false, false, SampleFormat.Words.MAX_LEVELS));
        assertThat(layout(images(30, 8, 3, 255, "", "#")).shape()).containsExactly(8, 8, 3);
    }

    /** Tables whose rows are no images are one, all in all. */
    @ParameterizedTest
    @ValueSource(strings = {",\n", ";\r\n", "\t\n", " \n", "|\r\n"})
    void separatorsAndLineEndsMayBeAnyOfTheUsual(String separators) throws IOException {
        String text = images(37, 11, 1, 200, "", "").replace(",", separators.substring(0, 1))
                .replace("\n", separators.substring(1));
        assertThat(layout(text).shape()).containsExactly(11, 11);
        StringBuilder heights = new StringBuilder("x;y\r\n");
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 100; x++) {
                heights.append(x == 0 ? "" : separators.substring(0, 1)).append((x - 50) * y * 3);
            }
            heights.append(y < 39 ? separators.substring(1) : "");
        }
        String table = heights.toString().replace("\r\n", separators.substring(1));
        assertThat(layout(table).shape()).containsExactly(40, 100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"01", "-0", "+1", "", " 1", "1 ", "1.0", "1e3", "\"1\"", "1234567890123456789", "1,1", "1\r",
                "1\n1"})
    void whatIsNotCanonicalIsLeftAlone(String field) throws IOException {
        String text = "1,2,3,4\n".repeat(600);
        assertThat(unwrap(text)).isPresent();
        for (int row : new int[] {0, 1, 300, 599}) {
            String changed = text.substring(0, 8 * row) + "1," + field + text.substring(8 * row + 3);
            assertThat(unwrap(changed)).as("row %d", row).satisfies(found -> assertThat(found.isPresent())
                    .isEqualTo(row == 0 && !field.matches("(?s).*[\r\n].*")));
        }
        assertThat(unwrap(text + "\n")).isEmpty();
        assertThat(unwrap(text + "1,2,3")).isEmpty();
        assertThat(unwrap("words, and numbers: 1,2,3\n".repeat(400))).isEmpty();
        assertThat(unwrap("1\n".repeat(4000))).isEmpty();
        for (String start : new String[] {"P5\n28 28\n255\n" + "\0".repeat(4000), "P2\n4 600\n9\n" + text,
            "PK\3\4\0\0 a.csv" + text, "\nwords\n" + text}) {
            byte[] file = start.getBytes(StandardCharsets.ISO_8859_1);
            assertThat(Wrappings.kind(file, file.length)).as(start.substring(0, 9)).isEmpty();
        }
    }

    /** What is wrong with the content is not said of the wrapping; and no file gets larger than it was. */
    @Test
    void theContentSaysWhatIsWrongWithItself() throws IOException {
        byte[] file = images(30, 8, 1, 255, "#", "70000#").getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        byte[] inside = content.toByteArray();
        for (int good : new int[] {0, 5, 70, inside.length - 1}) {
            InputStream damaged = new SequenceInputStream(new ByteArrayInputStream(inside, 0, good),
                    new InputStream() {

                        @Override
                        public int read() throws IOException {
                            throw new CorruptArchiveException("block 7 is damaged");
                        }
                    });
            assertThatThrownBy(() -> Wrappings.rewrap(wrapping, damaged, OutputStream.nullOutputStream(), () -> false))
                    .hasMessage("block 7 is damaged");
        }
        Wrapping smaller = new Wrapping(CsvWrapping.KIND, 100, wrapping.crc(), wrapping.data());
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        assertThatThrownBy(() -> Wrappings.rewrap(smaller, new ByteArrayInputStream(inside), back, () -> false))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("differs");
        assertThat(back.size()).isLessThanOrEqualTo(100);
    }

    @Test
    void whatIsDamagedIsRefusedOrDoesNotMatter() throws IOException {
        byte[] file = images(30, 8, 1, 255, "#", "70000#").getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] data = wrapping.data().clone();
            byte[] inside = content.toByteArray();
            byte[] changed = i % 4 != 0 ? data : inside;
            changed[random.nextInt(changed.length)] += (byte) (1 + random.nextInt(255));
            byte[] cut = i % 5 == 0 ? Arrays.copyOf(data, random.nextInt(data.length)) : data;
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            try {
                Wrappings.rewrap(new Wrapping(CsvWrapping.KIND, file.length, wrapping.crc(), cut),
                        new ByteArrayInputStream(inside), back, () -> false);
                assertThat(back.toByteArray()).as("round %d", i).isEqualTo(file);
            } catch (CorruptArchiveException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1500);
    }
}
