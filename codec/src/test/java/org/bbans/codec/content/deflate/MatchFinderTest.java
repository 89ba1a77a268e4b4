package org.bbans.codec.content.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chains of FORMAT.md 7.3, walked step by step, find the very matches that {@link MatchFinder} finds. */
class MatchFinderTest {

    private final Random random = new Random();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void findsWhatTheStepsOfItsDefinitionFind(int seed) throws IOException {
        random.setSeed(seed);
        int level = new int[] {9, 8, 7, 9, 6, 9}[seed % 6];
        int windowBits = seed % 4 == 0 ? 15 : 9 + random.nextInt(6);
        DeflateEncoder encoder =
                new DeflateEncoder(DeflateEncoder.Search.LAZY, level, 8 + random.nextInt(9), windowBits, 14, false);
        byte[] data = data(windowBits == 15 ? 90_000 : 3 << windowBits);
        PlainWindow window = new PlainWindow(new ByteArrayInputStream(data));
        MatchFinder finder = new MatchFinder(encoder, window);
        Steps steps = new Steps(data, encoder);
        for (int at = 0; at < data.length; at++) {
            int ahead = window.ahead(at);
            finder.enter(at, at + 1);
            steps.enter(at);
            int than = random.nextInt(3) > 0 ? 2 : 3 + random.nextInt(1 << random.nextInt(9));
            finder.search(at, than, ahead);
            steps.search(at, than);
            assertThat(finder.length).as("length at %d of %s, seed %d", at, encoder, seed).isEqualTo(steps.length);
            if (steps.length > 2) {
                assertThat(finder.distance).as("distance at %d, seed %d", at, seed).isEqualTo(steps.distance);
            }
        }
    }

    /** Numbers of nearer sources stand for distances, up to the largest one and beyond. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void countsNearerSources(int seed) throws IOException {
        random.setSeed(seed);
        byte[] data = data(70_000);
        PlainWindow window = new PlainWindow(new ByteArrayInputStream(data));
        MatchFinder finder = new MatchFinder(DeflateEncoder.EXHAUSTIVE, window);
        for (int at = 0; at < data.length; at++) {
            window.ahead(at);
            finder.enter(at, at + 1);
            if (random.nextInt(100) > 0) {
                continue;
            }
            int length = 3 + random.nextInt(1 << 1 + random.nextInt(5));
            int distance = 0;
            int nearer = 0;
            for (int d = 1; d < at && d < 32_506 && at + length <= data.length; d++) {
                if (Arrays.equals(data, at, at + length, data, at - d, at - d + length)) {
                    assertThat(finder.nearer(at, length, d, 50)).as("at %d, seed %d", at, seed)
                            .isEqualTo(Math.min(nearer, 50));
                    distance = d;
                    if (++nearer == 60) {
                        break;
                    }
                }
            }
            if (nearer > 0) {
                assertThat(finder.distance(at, length, nearer - 1)).isEqualTo(distance);
            }
            if (nearer < 60) {
                assertThat(finder.distance(at, length, nearer)).isZero();
            }
            assertThat(finder.nearer(at, length, 32_506, 50)).isEqualTo(50);
        }
    }

    /** Noise of few and of many values, runs, periods, and copies with faults. */
    private byte[] data(int size) {
        byte[] data = new byte[size];
        for (int at = 0; at < size;) {
            int kind = random.nextInt(5);
            int values = 1 << 1 + random.nextInt(8);
            int back = 1 + random.nextInt(Math.max(1, Math.min(at, 40_000)));
            for (int n = 1 + random.nextInt(1 << 4 + random.nextInt(9)); n > 0 && at < size; n--, at++) {
                boolean copy = at >= back && (kind == 0 || kind == 1 && random.nextInt(12) > 0);
                data[at] = copy ? data[at - back]
                        : kind == 2 ? 0 : (byte) (kind == 3 ? at % 7 : random.nextInt(values));
            }
        }
        return data;
    }

    private static final class Steps {

        private final byte[] data;
        private final DeflateEncoder encoder;
        private final int[] head;
        private final int[] previous;
        private int length;
        private int distance;

        Steps(byte[] data, DeflateEncoder encoder) {
            this.data = data;
            this.encoder = encoder;
            head = new int[1 << encoder.hashBits()];
            previous = new int[1 << encoder.windowBits()];
        }

        void enter(int at) {
            if (data.length - at < 3) {
                previous[at % previous.length] = 0;
                return;
            }
            int s = (encoder.hashBits() + 2) / 3;
            int hash = ((data[at] & 0xFF) << 2 * s ^ (data[at + 1] & 0xFF) << s ^ data[at + 2] & 0xFF)
                    & head.length - 1;
            previous[at % previous.length] = head[hash];
            head[hash] = at;
        }

        void search(int at, int than) {
            length = 2;
            int farthest = previous.length - 262;
            int candidate = previous[at % previous.length];
            if (candidate == 0 || at - candidate > farthest) {
                return;
            }
            int best = than;
            int ahead = data.length - at;
            int left = than >= encoder.good() ? encoder.chain() / 4 : encoder.chain();
            do {
                int n = 0;
                while (n < Math.min(258, ahead) && data[candidate + n] == data[at + n]) {
                    n++;
                }
                if (n > best) {
                    best = n;
                    length = n;
                    distance = at - candidate;
                    if (n >= Math.min(encoder.nice(), ahead)) {
                        return;
                    }
                }
                candidate = previous[candidate % previous.length];
            } while (candidate > Math.max(at - farthest, 0) && --left != 0);
        }
    }
}
