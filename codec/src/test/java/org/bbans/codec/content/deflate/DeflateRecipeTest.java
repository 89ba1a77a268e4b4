package org.bbans.codec.content.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import org.bbans.codec.format.CorruptArchiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeflateRecipeTest {

    /** Text, sparse bytes, noise and picture-like rows, longer than several windows. */
    private static byte[] mixed(int seed, int size) {
        Random random = new Random(seed);
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            int kind = i / 9_001 % 4;
            data[i] = (byte) (kind == 0 ? "the quick brown fox ".charAt(i % 20) + (random.nextInt(30) == 0 ? 1 : 0)
                    : kind == 1 ? (random.nextInt(5) == 0 ? random.nextInt(256) : 0)
                            : kind == 2 ? random.nextInt(256) : (int) (3 * random.nextGaussian()));
        }
        return data;
    }

    private static byte[] deflate(byte[] data, int level, int strategy, boolean flush) {
        Deflater deflater = new Deflater(level, true);
        deflater.setStrategy(strategy);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        int half = flush ? data.length / 2 : 0;
        deflater.setInput(data, 0, half);
        // The first call may do nothing but set the strategy.
        for (int n = 1; flush && (n > 0 || !deflater.needsInput());) {
            n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, n);
        }
        deflater.setInput(data, half, data.length - half);
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] recipe(byte[] deflated, byte[] plain) throws IOException {
        return DeflateRecipe.of(() -> new ByteArrayInputStream(deflated), () -> new ByteArrayInputStream(plain),
                DeflateRecipe.MAX_WINDOW_BITS, Integer.MAX_VALUE).orElseThrow();
    }

    private static byte[] restore(byte[] recipe, long size, byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DeflateRecipe.restore(recipe, size, new ByteArrayInputStream(plain), out);
        return out.toByteArray();
    }

    /** The platform's zlib; some builds replace it, so only the bytes are exact, and the sizes are small. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "2, 0", "3, 0", "4, 0", "5, 0", "6, 0", "7, 0", "8, 0", "9, 0", "6, 1", "9, 1", "6, 2",
        "1, 1"})
    void restoresWhatZlibWrote(int level, int strategy) throws IOException {
        byte[] data = mixed(level, 300_000);
        // java.util.zip loses input that is flushed after a change of strategy.
        for (boolean flush : strategy == 0 ? new boolean[] {false, true} : new boolean[] {false}) {
            byte[] deflated = deflate(data, level, strategy, flush);
            byte[] recipe = recipe(deflated, data);
            assertThat(restore(recipe, deflated.length, data)).isEqualTo(deflated);
            assertThat(recipe).hasSizeLessThan(data.length / 50);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 258, 262, 263, 32_768, 65_274, 65_536, 98_043})
    void restoresEveryLengthAroundTheWindowsEdges(int length) throws IOException {
        byte[] data = new byte[length];
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (random.nextInt(4) * random.nextInt(2));
        }
        for (int level : new int[] {1, 6, 9}) {
            byte[] deflated = deflate(data, level, 0, false);
            assertThat(restore(recipe(deflated, data), deflated.length, data)).isEqualTo(deflated);
        }
    }

    /** Tokens, blocks and codes that no program would choose: every valid stream comes back. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void restoresAnyStream(int seed) throws IOException {
        Random random = new Random(seed);
        byte[] data = mixed(seed, 20_000 + random.nextInt(60_000));
        byte[] deflated = RandomDeflate.of(data, random);
        assertThat(restore(recipe(deflated, data), deflated.length, data)).as("seed %d", seed).isEqualTo(deflated);
        DeflateEncoder foreign = DeflateEncoder.candidates(15, 0).get(random.nextInt(20)).asForeign();
        byte[] recipe = new EncoderSearch(new DeflateRecipe.Single(() -> new ByteArrayInputStream(deflated),
                () -> new ByteArrayInputStream(data)), 15).recipe(foreign, Integer.MAX_VALUE).orElseThrow();
        assertThat(restore(recipe, deflated.length, data)).as("%s, seed %d", foreign, seed).isEqualTo(deflated);
    }

    /** Many short streams have one recipe of few bytes, none looks at the bytes of the ones before. */
    @ParameterizedTest
    @CsvSource({"6, 500", "1, 3000", "9, 700", "6, 90000"})
    void restoresSeveralStreams(int level, int each) throws IOException {
        byte[] data = mixed(level, 300_000);
        Random random = new Random(level);
        List<byte[]> plain = new ArrayList<>();
        List<byte[]> deflated = new ArrayList<>();
        for (int at = 0; at < data.length;) {
            byte[] part = Arrays.copyOfRange(data, at, Math.min(data.length, at + 1 + random.nextInt(each)));
            plain.add(part);
            deflated.add(random.nextInt(50) == 0 ? RandomDeflate.of(part, random) : deflate(part, level, 0, false));
            at += part.length;
        }
        byte[] recipe = DeflateRecipe.of(streams(plain, deflated, data), 15, Integer.MAX_VALUE).orElseThrow();
        InputStream source = new ByteArrayInputStream(data);
        StreamRestorer restorer = new StreamRestorer(recipe, source);
        for (int i = 0; i < plain.size(); i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThat(restorer.restore(plain.get(i).length, 1 << 20, out)).isEqualTo(deflated.get(i).length);
            assertThat(out.toByteArray()).as("stream %d", i).isEqualTo(deflated.get(i));
        }
        plain.set(plain.size() / 2, Arrays.copyOf(plain.get(plain.size() / 2), plain.get(plain.size() / 2).length + 1));
        assertThat(DeflateRecipe.of(streams(plain, deflated, data), 15, Integer.MAX_VALUE)).isEmpty();
    }

    private static DeflateStreams streams(List<byte[]> plain, List<byte[]> deflated, byte[] data) {
        return new DeflateStreams() {
            @Override
            public int count() {
                return plain.size();
            }

            @Override
            public InputStream deflated(int stream) {
                return new ByteArrayInputStream(deflated.get(stream));
            }

            @Override
            public long plainBytes(int stream) {
                return plain.get(stream).length;
            }

            @Override
            public InputStream plain() {
                return new ByteArrayInputStream(data);
            }
        };
    }

    @Test
    void isEmptyForStreamsThatAreNotOfTheseBytes() throws IOException {
        byte[] data = mixed(3, 50_000);
        byte[] deflated = deflate(data, 6, 0, false);
        byte[] other = data.clone();
        other[40_000] ^= 1;
        assertThat(of(deflated, other)).isEmpty();
        assertThat(of(deflated, Arrays.copyOf(data, 49_999))).isEmpty();
        assertThat(of(deflated, Arrays.copyOf(data, 50_001))).isEmpty();
        assertThat(of(Arrays.copyOf(deflated, deflated.length - 1), data)).isEmpty();
        assertThat(of(new byte[0], data)).isEmpty();
        assertThat(of(new byte[] {7}, data)).isEmpty();
    }

    /** An empty stored block, as a flush leaves it, right behind a literal that was written for a longer match. */
    @Test
    void restoresFlushesAtEveryPlace() throws IOException {
        byte[] data = mixed(1, 3_000);
        for (int at = 1_000; at < 1_200; at++) {
            Deflater deflater = new Deflater(9, true);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[4096];
            deflater.setInput(data, 0, at);
            out.write(buffer, 0, deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH));
            deflater.setInput(data, at, data.length - at);
            deflater.finish();
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            deflater.end();
            byte[] deflated = out.toByteArray();
            assertThat(restore(recipe(deflated, data), deflated.length, data)).as("at %d", at).isEqualTo(deflated);
        }
    }

    /** Where many encoders would have made the same, they do not all go through a long stream. */
    @Test
    void oneThatForeseesEverythingIsEnough() throws IOException {
        byte[] data = new byte[32 << 20];
        byte[] deflated = deflate(data, 6, 0, false);
        long[] read = {0};
        byte[] recipe = DeflateRecipe.of(() -> new ByteArrayInputStream(deflated),
                () -> new FilterInputStream(new ByteArrayInputStream(data)) {

                    @Override
                    public int read(byte[] to, int off, int count) throws IOException {
                        int n = super.read(to, off, count);
                        read[0] += Math.max(0, n);
                        return n;
                    }
                }, DeflateRecipe.MAX_WINDOW_BITS, Integer.MAX_VALUE).orElseThrow();
        assertThat(recipe).hasSizeLessThan(64);
        assertThat(restore(recipe, deflated.length, data)).isEqualTo(deflated);
        assertThat(read[0] / data.length).as("times that all plain bytes were read").isLessThan(8);
    }

    private static Optional<byte[]> of(byte[] deflated, byte[] plain) throws IOException {
        return DeflateRecipe.of(() -> new ByteArrayInputStream(deflated), () -> new ByteArrayInputStream(plain),
                DeflateRecipe.MAX_WINDOW_BITS, Integer.MAX_VALUE);
    }

    /** Whatever a recipe says: the very stream, another one of no more than its size, or one error. */
    @Test
    void hostileRecipesAreRefusedOrBounded() throws IOException {
        Random random = new Random(11);
        byte[] data = mixed(5, 30_000);
        byte[] deflated = RandomDeflate.of(data, random);
        byte[] related = recipe(deflated, data);
        byte[] foreign = new EncoderSearch(new DeflateRecipe.Single(() -> new ByteArrayInputStream(deflated),
                () -> new ByteArrayInputStream(data)), 15)
                .recipe(DeflateEncoder.candidates(15, 0).get(0).asForeign(), Integer.MAX_VALUE).orElseThrow();
        for (int round = 0; round < 3_000; round++) {
            byte[] bad = round % 2 == 0 ? related.clone() : foreign.clone();
            if (round % 3 == 0) {
                bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            for (int i = random.nextInt(4); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                int size = deflated.length - round % 2;
                assertThat(restore(bad, size, data)).hasSize(size);
            } catch (CorruptArchiveException e) {
                assertThat(e).hasMessageContaining("recipe");
            }
        }
    }
}
