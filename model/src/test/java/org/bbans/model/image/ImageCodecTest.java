package org.bbans.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.RasterShape;
import org.junit.jupiter.api.Test;

/** What a codec of images decides for each group: the engine, and whether counts pay. */
class ImageCodecTest {

    private static final int SIDE = 384;
    private static final RasterShape RASTER = new RasterShape(SIDE, SIDE, 1, 256);

    private static ImageCodec codec() throws FormatException {
        return ImageCodec.parse(new ImageTrainer("test", new ImageShape(16, 4, 1, 1, 2, 4), 1024, 1, Engine.SCALAR)
                .model().toBytes("none"));
    }

    /** A surface with noise, of all levels or of a few far from each other. */
    private static short[] picture(boolean fewLevels, int rows) {
        final SplittableRandom random = new SplittableRandom(1);
        final short[] v = new short[rows * SIDE];
        for (int i = 0; i < v.length; i++) {
            final double surface = 120 + 60 * Math.sin(i % SIDE * 0.03) + 40 * Math.cos(i / SIDE * 0.02);
            final int level = (int) (surface + 8 * random.nextDouble());
            v[i] = (short) (fewLevels ? level / 24 * 24 : level);
        }
        return v;
    }

    /** Whether the first block of a group is coded with counts. */
    private static boolean counts(ImageCodec codec, short[] block) {
        return ImageCoder.mixes(codec.group(RASTER, 1, true).encode(block, block.length / SIDE, n -> {})[0]);
    }

    @Test
    void countsAreTakenWhereTheyPay() throws FormatException {
        final ImageCodec some = codec().withLeastGainOfCounts(0.02);
        assertThat(counts(some, picture(false, SIDE))).as("noise of all levels").isFalse();
        assertThat(counts(some, picture(true, SIDE))).as("few levels").isTrue();
        assertThat(counts(some, picture(false, 40))).as("a small block").isTrue();
    }

    @Test
    void countsAreTakenAlwaysOrNeverIfAskedFor() throws FormatException {
        assertThat(counts(codec(), picture(false, SIDE))).isTrue();
        assertThat(counts(codec().withLeastGainOfCounts(Double.POSITIVE_INFINITY), picture(true, 40))).isFalse();
    }

    /** A folder of many small images is a long job too. */
    @Test
    void theWorkOfGroupsAddsUp() throws FormatException {
        final ImageCodec codec = codec();
        final ImageGrid small = new ImageGrid(1, 100, 100, 1, 256);
        assertThat(codec.engineFor(small)).isEqualTo(Engine.SCALAR);
        Engine last = Engine.SCALAR;
        for (int i = 0; i < 200; i++) {
            last = codec.withReference(true).engineFor(small);
        }
        assertThat(last).isEqualTo(Engines.preferred());
    }
}
