package org.bbans.bench.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.bbans.codec.engine.Engines;
import org.bbans.model.file.Safetensors;
import org.bbans.model.image.HeadInputs;
import org.bbans.model.image.ImageCoder;
import org.bbans.model.image.ImageGrid;
import org.bbans.model.image.ImageModel;
import org.bbans.model.image.ImageOptions;
import org.junit.jupiter.api.Test;

/** The network with latents is the plain one at z = 0, and its gradients are those of its code length. */
class ModulatedHeadTest {

    private static final int SIDE = 12;
    private static final int RECORDS = 3;
    private static final int SIZE = SIDE * SIDE;

    private final SplittableRandom random = new SplittableRandom(11);
    private final short[] samples = pictures();
    private final HeadInputs inputs = LatentTraining.inputs(RECORDS, SIDE, SIDE, samples, false);
    private final List<ImageUnit> units = ImageUnit.records(inputs, SIZE);

    /** Slopes with noise, zeros and values at the top. */
    private short[] pictures() {
        final short[] v = new short[RECORDS * SIZE];
        for (int i = 0; i < v.length; i++) {
            final int level = i % SIZE < 30 ? 0 : 20 * (i % SIDE) + random.nextInt(12);
            v[i] = (short) Math.min(255, i % 29 == 0 ? 255 : level);
        }
        return v;
    }

    @Test
    void inputsComeInCodingOrderWithTheirPlaces() {
        assertThat(Arrays.stream(inputs.place()).sorted().toArray())
                .isEqualTo(IntStream.range(0, samples.length).toArray());
        for (int i = 0; i < samples.length; i++) {
            assertThat(inputs.value()[i]).isEqualTo(samples[inputs.place()[i]]);
            // A pixel's western neighbour, relative to its prediction and before it was squashed.
            final int at = inputs.place()[i];
            if (at % SIDE > 0) {
                final float west = (samples[at - 1] - inputs.prediction()[i]) / inputs.scale()[i];
                assertThat(inputs.x()[i * inputs.width() + 22])
                        .isCloseTo(west / (1 + Math.abs(west) / 6), within(1e-4f));
            }
        }
    }

    @Test
    void withoutLatentsItIsThePlainNetwork() {
        final ModulatedHead with = new ModulatedHead(48, 16, 16, 4);
        final ModulatedHead plain = new ModulatedHead(48, 16, 16, 0);
        final double[] p = new double[with.size()];
        with.initialize(p, random);
        final double zero = loaded(with, new double[12]).forward(p);
        assertThat(zero).isEqualTo(loaded(plain, new double[0]).forward(p));
        assertThat(loaded(with, normal(12)).forward(p)).isNotEqualTo(zero);
        // By 16 units of each layer, and the gains.
        assertThat(with.multiplyAdds()).isEqualTo(plain.multiplyAdds() + 32);
    }

    @Test
    void gradientsAreThoseOfTheCodeLength() {
        final ModulatedHead head = new ModulatedHead(48, 16, 16, 4);
        final double[] p = new double[head.size()];
        head.initialize(p, random);
        final double[] z = normal(12);
        final ModulatedHead.Batch batch = loaded(head, z);
        batch.forward(p);
        final double[] gp = new double[p.length];
        batch.backward(p, gp);
        final double[] dz = batch.dz.clone();
        for (int i = 0; i < p.length; i += 1 + random.nextInt(9)) {
            check(gp[i], p, i, () -> batch.forward(p));
        }
        for (int i = 0; i < z.length; i++) {
            check(dz[i], batch.z, i, () -> batch.forward(p));
        }
    }

    @Test
    void encoderLearnsFromTheBound() {
        final LatentModel model = new LatentModel(48, 16, 4, 5);
        final double[] p = model.parameters;
        final double[] weight = {1, 0.5, 0.1};
        final ModulatedHead.Batch batch = loaded(model.head, new double[12]);
        final LatentModel.Encoding encoding = model.new Encoding(units);
        encoding.sample(batch.z, new SplittableRandom(3));
        batch.forward(p);
        final double[] gp = new double[p.length];
        batch.backward(p, gp);
        encoding.backward(batch.dz, weight, gp);
        for (int i = 0; i < p.length; i += 1 + random.nextInt(40)) {
            check(gp[i], p, i, () -> {
                final LatentModel.Encoding anew = model.new Encoding(units);
                anew.sample(batch.z, new SplittableRandom(3));
                return batch.forward(p) + anew.divergence(weight);
            });
        }
    }

    @Test
    void fittingLowersTheBound() {
        final LatentModel model = new LatentModel(48, 16, 4, 5);
        final ImageUnit unit = units.get(0);
        final double[] q = new double[8];
        final double before = bound(model, unit, q);
        model.fit(unit, q, 60, random);
        assertThat(bound(model, unit, q)).isLessThan(before - 1);
    }

    /** Mean over samples of the latents. */
    private static double bound(LatentModel model, ImageUnit unit, double[] q) {
        final SplittableRandom noise = new SplittableRandom(8);
        final ModulatedHead.Batch batch = model.head.batch(SIZE, 1);
        unit.draw(batch, SIZE, noise);
        double sum = 0;
        for (int i = 0; i < 50; i++) {
            for (int k = 0; k < 4; k++) {
                batch.z[k] = q[k] + Math.exp(q[4 + k]) * noise.nextGaussian();
            }
            sum += batch.forward(model.parameters) / 50;
        }
        return sum + LatentModel.divergence(q);
    }

    /** With the weights of {@code image-fast} and no latents, this is what the coder's bytes are, learning or not. */
    @Test
    void codeLengthIsThatOfTheCoder() throws Exception {
        final int side = 96;
        final short[] picture = new short[side * side];
        for (int i = 0; i < picture.length; i++) {
            final double x = i % side;
            final double y = i / side;
            picture[i] = (short) Math.max(0, Math.min(255, 90 + 80 * Math.sin(x / 9) * Math.cos(y / 7)
                    + (x > y ? 30 : 0) + 5 * (random.nextDouble() + random.nextDouble() - 1)));
        }
        final byte[] file = Files.readAllBytes(
                Path.of("..", "model", "src", "main", "resources", "org", "bbans", "model", "builtin",
                        "image-fast.safetensors"));
        final LatentModel model = new LatentModel(48, 16, 0, 1);
        int at = 0;
        for (String layer : new String[] {"hidden1", "hidden2", "output"}) {
            final Map<String, Safetensors.Tensor> tensors = Safetensors.read(file).tensors();
            final Safetensors.Tensor weight = tensors.get("grey." + layer + ".weight");
            final int inputs = weight.shape().get(0);
            final int units = weight.shape().get(1);
            for (int i = 0; i < inputs * units; i++) {
                model.parameters[at + i % units * inputs + i / units] = weight.values()[i];
            }
            at += inputs * units;
            for (float v : tensors.get("grey." + layer + ".bias").values()) {
                model.parameters[at++] = v;
            }
        }
        final ImageGrid grid = new ImageGrid(1, side, side, 1, 256);
        final HeadInputs given = LatentTraining.inputs(1, side, side, picture, false);
        double other = 0;
        for (boolean learning : new boolean[] {false, true}) {
            final byte[] payload = new ImageCoder(ImageModel.parse(file), grid,
                    new ImageOptions(false, true, learning, true), Engines.preferred()).encode(picture, side);
            final CodeLength length = new CodeLength(model, learning, random);
            length.add(grid, given, new int[given.size()], new double[1][0]);
            length.end();
            // Without the payload's form and the stack's head.
            final double bits = 8.0 * (payload.length - 9) / picture.length;
            assertThat(length.coded()).isCloseTo(bits, within(0.001 * bits)).isNotEqualTo(other);
            other = length.coded();
        }
    }

    private double[] normal(int n) {
        return random.doubles(n).map(u -> 2 * u - 1).toArray();
    }

    private ModulatedHead.Batch loaded(ModulatedHead head, double[] z) {
        final ModulatedHead.Batch batch = head.batch(samples.length, RECORDS);
        units.forEach(unit -> unit.draw(batch, SIZE, random));
        System.arraycopy(z, 0, batch.z, 0, batch.z.length);
        return batch;
    }

    private static void check(double gradient, double[] at, int i, DoubleSupplier loss) {
        final double h = 1e-5;
        final double was = at[i];
        at[i] = was + h;
        final double up = loss.getAsDouble();
        at[i] = was - h;
        final double down = loss.getAsDouble();
        at[i] = was;
        assertThat(gradient).as("derivative %d", i).isCloseTo((up - down) / (2 * h),
                within(1e-3 + 1e-3 * Math.abs(gradient)));
    }
}
