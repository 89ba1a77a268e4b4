package org.bbans.model.spec;

import com.google.gson.JsonObject;
import org.bbans.codec.format.FormatException;

/** {@link SdeSpec} as JSON. */
final class SdeSpecJson {

    private SdeSpecJson() {}

    static String write(SdeSpec spec) {
        final JsonObject root = new JsonObject();
        root.addProperty("version", ModelSpec.VERSION);
        root.addProperty("family", spec.family().label());
        root.addProperty("name", spec.name());
        root.add("shape", ModelSpecJson.array(spec.shape()));
        root.addProperty("latents", spec.latents());
        root.add("encoder", ModelSpecJson.array(spec.encoder()));
        root.add("drift", ModelSpecJson.array(spec.drift()));
        root.add("decoder", ModelSpecJson.array(spec.decoder()));
        root.addProperty("rank", spec.rank());
        if (spec.activation() != Activation.ELU) {
            root.addProperty("activation", spec.activation().label());
        }
        return root.toString();
    }

    static SdeSpec read(JsonObject root) throws FormatException {
        ModelSpecJson.members(root, "description", "version", "family", "name", "shape", "latents", "encoder", "drift",
                "decoder", "rank", "activation");
        return new SdeSpec(ModelSpecJson.string(root, "name"), ModelSpecJson.integers(root, "shape"),
                ModelSpecJson.integer(root, "latents"), ModelSpecJson.integers(root, "encoder"),
                ModelSpecJson.integers(root, "drift"), ModelSpecJson.integers(root, "decoder"),
                ModelSpecJson.integer(root, "rank"), ModelSpecJson.activation(root));
    }
}
