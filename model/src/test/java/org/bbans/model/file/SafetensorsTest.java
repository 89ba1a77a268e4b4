package org.bbans.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.model.Model;
import org.bbans.model.chain.RandomModels;
import org.bbans.model.file.Safetensors.DType;
import org.bbans.model.file.Safetensors.Tensor;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    private static final String GOOD = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[8,12]}}";

    private static byte[] file(String header, int dataBytes) {
        final byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json)
                .array();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void readsWhatItWrites(DType dtype) throws Exception {
        final Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("z", new Tensor(dtype, List.of(2, 3), new float[] {0f, -0f, 1f, -2.5f, 0.15625f, 1024f}));
        tensors.put("a", new Tensor(dtype, List.of(), new float[] {3f}));
        tensors.put("empty", new Tensor(dtype, List.of(0, 7), new float[0]));
        final Safetensors written = new Safetensors(Map.of("key", "v\"\n\u00e9"), tensors);
        final Safetensors read = Safetensors.read(written.toBytes());
        assertThat(read.metadata()).isEqualTo(written.metadata());
        assertThat(read.tensors().keySet()).containsExactlyInAnyOrder("z", "a", "empty");
        assertThat(read.tensors().get("z").values()).containsExactly(tensors.get("z").values());
        assertThat(read.tensors().get("a").shape()).isEmpty();
        assertThat((ByteBuffer.wrap(written.toBytes()).order(ByteOrder.LITTLE_ENDIAN).getLong() + 8) % 8).isZero();
    }

    @Test
    void theSampleOfTheTestsBelowIsGood() throws Exception {
        assertThat(Safetensors.read(file(GOOD, 12)).tensors()).containsOnlyKeys("a", "b");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 11, 13, 100})
    void refusesAnotherLengthThanTheOffsetsSay(int dataBytes) {
        assertThatThrownBy(() -> Safetensors.read(file(GOOD, dataBytes))).isInstanceOf(CorruptArchiveException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[0,8]>[0,9]", "[0,8]>[8,0]", "[0,8]>[-8,0]", "[0,8]>[0]", "[0,8]>[0,8,8]", "[0,8]>8", "[0,8]>[0,99999999999]",
        "[8,12]>[4,8]", "[8,12]>[9,13]", "[8,12]>[12,16]", "[2]>[3]", "[2]>[-2]", "[2]>[2.0]",
        "[2]>[65536,65536,65536,65536]",
        "[2]>\"2\"", "\"b\">\"a\"", "{\"a\">[\"a\"", "\"F32\">32", "\"dtype\":\"F32\",>",
        "\"a\">'a'", "{\"a\">{a", "12]}}>12]}}}",
        "12]}}>12]},\"b\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[8,12]}}",
    })
    void refusesMalformedHeaders(String change) {
        final String[] c = change.split(">", -1);
        assertThat(GOOD).contains(c[0]);
        assertThatThrownBy(() -> Safetensors.read(file(GOOD.replace(c[0], c[1]), 12)))
                .isInstanceOf(CorruptArchiveException.class);
    }

    @Test
    void refusesHeadersThatAreNotPlainUtf8() throws Exception {
        Safetensors.read(file(GOOD, 12));
        assertThatThrownBy(() -> Safetensors.read(file("\uFEFF" + GOOD, 12)))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("byte order mark");
        final byte[] malformed = file(GOOD.replace("\"b\"", "\"?\""), 12);
        malformed[8 + GOOD.indexOf("\"b\"") + 1] = (byte) 0xff;
        assertThatThrownBy(() -> Safetensors.read(malformed)).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void refusesOtherTypes() {
        assertThatThrownBy(() -> Safetensors.read(file(GOOD.replace("F32", "I64"), 12)))
                .isInstanceOf(UnsupportedArchiveException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Integer.MAX_VALUE, Long.MAX_VALUE, -1, 1L << 32, 200})
    void refusesHeaderLengthsBeyondTheFile(long length) {
        final byte[] bytes = file(GOOD, 12);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertThatThrownBy(() -> Safetensors.read(bytes)).isInstanceOf(CorruptArchiveException.class);
    }

    /** Damaged model files either still are model files or are refused as such. */
    @Test
    void damageIsFoundOrHarmless() throws Exception {
        final ModelSpec spec = RandomModels.spec(List.of(3, 3), 2, 2, RandomModels.categorical(null, 2));
        final byte[] good = RandomModels.file(spec, 1).toBytes();
        final Random random = new Random(1);
        int refused = 0;
        for (int trial = 0; trial < 3000; trial++) {
            final byte[] bad = trial % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            if (bad.length > 0 && trial % 3 > 0) {
                bad[random.nextInt(trial % 3 == 1 ? 900 : bad.length)] = (byte) random.nextInt(256);
            }
            try {
                Model.parse(bad);
            } catch (FormatException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1500);
    }

    @Test
    void modelFilesKeepEverything() throws Exception {
        final ModelSpec spec = RandomModels.spec(List.of(4, 3), 2, 2, RandomModels.categorical(null, 2));
        final ModelFile file = RandomModels.file(spec, 2);
        final Map<String, float[]> weights = new LinkedHashMap<>();
        spec.tensors().keySet().forEach(t -> weights.put(t, file.weights(t)));
        final ModelFile half = ModelFile.of(spec, weights, Optional.of("{\"epochs\":3}"), DType.F16);
        final ModelFile back = ModelFile.parse(half.toBytes());
        assertThat(back.spec()).isEqualTo(spec);
        assertThat(back.training()).contains("{\"epochs\":3}");
        assertThat(back.sha256()).isEqualTo(half.sha256()).hasSize(32).isNotEqualTo(file.sha256());
        for (String t : weights.keySet()) {
            for (int i = 0; i < weights.get(t).length; i++) {
                assertThat(back.weights(t)[i]).isEqualTo(HalfFloat.toFloat(HalfFloat.fromFloat(weights.get(t)[i])));
            }
        }
    }

    @Test
    void modelsWithoutDescriptionOrWithForeignTensorsAreRefused() {
        assertThatThrownBy(() -> ModelFile.parse(file(GOOD, 12))).isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("bbans");
        final ModelSpec spec = RandomModels.spec(List.of(4), 0, 0, RandomModels.bernoulli(null, 3));
        final Map<String, Tensor> tensors = new LinkedHashMap<>();
        spec.tensors().forEach((name, shape) -> tensors.put(name,
                new Tensor(DType.F32, shape, new float[shape.stream().reduce(1, (a, b) -> a * b)])));
        final Map<String, String> metadata = Map.of(ModelFile.SPEC_KEY, spec.toJson());
        tensors.put("extra", new Tensor(DType.F32, List.of(1), new float[1]));
        assertThatThrownBy(() -> ModelFile.parse(new Safetensors(metadata, tensors).toBytes()))
                .hasMessageContaining("does not name");
        tensors.remove("extra");
        tensors.get("head.out.bias").values()[0] = Float.NaN;
        assertThatThrownBy(() -> ModelFile.parse(new Safetensors(metadata, tensors).toBytes()))
                .hasMessageContaining("not finite");
        tensors.get("head.out.bias").values()[0] = 0;
        Arrays.fill(tensors.get("head.position").values(), 3e38f);
        assertThatThrownBy(() -> Model.parse(new Safetensors(metadata, tensors).toBytes()))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("overflow");
        tensors.put("head.position", new Tensor(DType.F32, List.of(3, 4), new float[12]));
        assertThatThrownBy(() -> ModelFile.parse(new Safetensors(metadata, tensors).toBytes()))
                .hasMessageContaining("must have shape [4, 3]");
    }

    /** Every half, and between any two neighbours: their midpoint and the floats beside it. */
    @Test
    void halvesRoundToNearestEven() {
        for (int h = 0; h < 0x7C00; h++) {
            final float value = HalfFloat.toFloat((short) h);
            final float next = HalfFloat.toFloat((short) (h + 1));
            assertThat(HalfFloat.fromFloat(value)).isEqualTo((short) h);
            assertThat(HalfFloat.fromFloat(-value)).isEqualTo((short) (h | 0x8000));
            if (h < 0x7BFF) {
                final float middle = (float) (((double) value + next) / 2);
                assertThat(HalfFloat.fromFloat(middle)).isEqualTo((short) (h + (h & 1)));
                assertThat(HalfFloat.fromFloat(Math.nextDown(middle))).isEqualTo((short) h);
                assertThat(HalfFloat.fromFloat(Math.nextUp(middle))).isEqualTo((short) (h + 1));
            }
        }
        assertThat(HalfFloat.toFloat((short) 0x3C00)).isEqualTo(1f);
        assertThat(HalfFloat.toFloat((short) 1)).isEqualTo(0x1p-24f);
        assertThat(HalfFloat.toFloat((short) 0x7BFF)).isEqualTo(65504f);
        assertThat(HalfFloat.fromFloat(65519.99f)).isEqualTo((short) 0x7BFF);
        assertThat(HalfFloat.fromFloat(65520f)).isEqualTo((short) 0x7C00);
        assertThat(HalfFloat.fromFloat(Float.MAX_VALUE)).isEqualTo((short) 0x7C00);
        assertThat(HalfFloat.toFloat((short) 0x7E00)).isNaN();
        assertThat(HalfFloat.toFloat(HalfFloat.fromFloat(Float.NaN))).isNaN();
    }
}
