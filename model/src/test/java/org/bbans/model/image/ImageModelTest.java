package org.bbans.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.model.file.Safetensors;
import org.junit.jupiter.api.Test;

/** Model files are read as they were written, bad ones are refused, and training makes them better, always alike. */
class ImageModelTest {

    private static ImageTrainer trainer() {
        return new ImageTrainer("small", new ImageShape(16, 8, 2, 1, 6, 1), 0.9, 5, Engine.SCALAR);
    }

    private static byte[] file(ImageTrainer trainer) {
        return trainer.model().toBytes("none");
    }

    private static ImageTrainer.Crop crop(int channels, int offset) {
        final ImageGrid grid = new ImageGrid(1, 40, 64, channels, 256);
        final short[] v = new short[40 * 64 * channels];
        for (int i = 0; i < v.length; i++) {
            final int x = i / channels % 64 + offset;
            v[i] = (short) (128 + 60 * Math.sin(0.2 * x) + 40 * Math.cos(i / channels / 64 * 0.3)
                    + (i * 7919 >> 3 & 3));
        }
        return new ImageTrainer.Crop(grid, v);
    }

    @Test
    void aFileIsTheModel() throws FormatException {
        aFileIsTheModel(new ImageShape(16, 8, 2, 1, 6, 1));
        aFileIsTheModel(new ImageShape(32, 4, 1, 2, 2, 3));
    }

    private static void aFileIsTheModel(ImageShape shape) throws FormatException {
        final byte[] file = file(new ImageTrainer("small", shape, 0.9, 5, Engine.SCALAR));
        final ImageModel model = ImageModel.parse(file);
        assertThat(model.name()).isEqualTo("small");
        assertThat(model.shape()).isEqualTo(shape);
        assertThat(model.training()).contains("none");
        assertThat(model.toBytes(Map.of("training", "none"), Safetensors.DType.F16)).isEqualTo(file);
    }

    @Test
    void badFilesAreRefused() throws FormatException {
        final Safetensors good = Safetensors.read(file(trainer()));
        for (String[] change : new String[][] {{"family", "other"}, {"name", "a\u001b[2Jb"}, {"name", "a/b"},
            {"name", ""}, {"hidden", "24"}, {"hidden", "0"}, {"hidden", "x"},
            {"contexts", "9"}, {"windows", "3"}, {"hidden", "32"},
            {"logistics", "4"}, {"logistics", "3"}, {"far", "7"}, {"interval", "0"}, {"interval", "x"}}) {
            final Map<String, String> metadata = new LinkedHashMap<>(good.metadata());
            metadata.put(change[0], change[1]);
            assertThatThrownBy(() -> ImageModel.parse(new Safetensors(metadata, good.tensors()).toBytes()))
                    .as(Arrays.toString(change)).isInstanceOf(CorruptArchiveException.class);
        }
        final Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>(good.tensors());
        tensors.remove("blue.output.bias");
        assertThatThrownBy(() -> ImageModel.parse(new Safetensors(good.metadata(), tensors).toBytes()))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("blue.output.bias");
        final float[] infinite = new float[24];
        infinite[3] = Float.POSITIVE_INFINITY;
        tensors.put("blue.output.bias", new Safetensors.Tensor(Safetensors.DType.F32, List.of(24), infinite));
        assertThatThrownBy(() -> ImageModel.parse(new Safetensors(good.metadata(), tensors).toBytes()))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("not finite");
    }

    @Test
    void trainingHelpsAndIsReproducible() throws FormatException {
        final byte[][] files = new byte[2][];
        for (int i = 0; i < 2; i++) {
            final ImageTrainer trainer = trainer();
            final ExecutorService workers = Executors.newFixedThreadPool(1 + 2 * i);
            final float[] rates = new float[16];
            Arrays.fill(rates, 4e-3f);
            for (int round = 0; round < 3; round++) {
                trainer.train(List.of(crop(1, 7 * round), crop(3, 11 * round), crop(1, 50 + round),
                        crop(3, 60 + round)), rates, round, workers);
            }
            workers.shutdown();
            files[i] = file(trainer);
        }
        assertThat(files[1]).isEqualTo(files[0]);
        final int before = size(trainer().model());
        assertThat(size(ImageModel.parse(files[0]))).isLessThan((int) (0.9 * before));
    }

    /** Bytes that the network alone makes of an image, without the counts, which need no training. */
    private static int size(ImageModel model) {
        final ImageTrainer.Crop crop = crop(3, 17);
        final ImageOptions withoutMixing = new ImageOptions(false, true, true, false);
        return new ImageCoder(model, crop.grid(), withoutMixing, Engine.SCALAR).encode(crop.samples(), 40).length;
    }

    /** Numbers that are not, as a hostile model makes them, must not stop the coder or make it forget a sample. */
    @Test
    void hugeWeightsStillDecode() throws FormatException {
        final Safetensors good = Safetensors.read(file(trainer()));
        final Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        good.tensors().forEach((name, t) -> {
            final float[] v = t.values().clone();
            for (int i = 0; i < v.length; i++) {
                v[i] *= name.contains("hidden2") ? 1e38f : 1e4f;
            }
            tensors.put(name, new Safetensors.Tensor(Safetensors.DType.F32, t.shape(), v));
        });
        final ImageModel model = ImageModel.parse(new Safetensors(good.metadata(), tensors).toBytes());
        final ImageTrainer.Crop crop = crop(3, 5);
        final byte[] payload =
                new ImageCoder(model, crop.grid(), ImageOptions.DEFAULT, Engine.SCALAR).encode(crop.samples(), 40);
        final short[] out = new short[crop.samples().length];
        new ImageCoder(model, crop.grid(), ImageOptions.DEFAULT, Engine.SCALAR).decode(payload, out, 40);
        assertThat(out).isEqualTo(crop.samples());
    }
}
