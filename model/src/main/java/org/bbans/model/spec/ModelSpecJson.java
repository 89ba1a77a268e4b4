package org.bbans.model.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.UnsupportedArchiveException;

/**
 * {@link Description} as JSON, of autoencoders what it holds. Unknown members are refused: a reader that ignored them
 * would compute another network.
 */
final class ModelSpecJson {

    private ModelSpecJson() {}

    static String write(ModelSpec spec) {
        final JsonObject root = new JsonObject();
        root.addProperty("version", ModelSpec.VERSION);
        root.addProperty("name", spec.name());
        root.add("shape", array(spec.shape()));
        root.addProperty("levels", spec.levels());
        if (spec.transitions().isEmpty()) {
            root.addProperty("latents", spec.latents());
        } else {
            root.add("latents", array(spec.latentLayers()));
        }
        if (spec.activation() != Activation.ELU) {
            root.addProperty("activation", spec.activation().label());
        }
        spec.encoder().ifPresent(e -> {
            final JsonObject o = new JsonObject();
            o.add("hidden", array(e.hidden()));
            root.add("encoder", o);
        });
        if (!spec.transitions().isEmpty()) {
            root.add("transitions", transitions(spec));
        }
        spec.decoder().ifPresent(d -> {
            final JsonObject o = new JsonObject();
            o.add("hidden", array(d.hidden()));
            o.addProperty("features", d.features());
            root.add("decoder", o);
        });
        final JsonObject likelihood = new JsonObject();
        likelihood.addProperty("kind", spec.likelihood().kind());
        spec.likelihood().window().ifPresent(w -> {
            final JsonObject o = new JsonObject();
            o.addProperty("radius", w.radius());
            o.addProperty("rows", w.rows());
            if (w.marks()) {
                o.addProperty("marks", true);
            }
            if (w.relative()) {
                o.addProperty("relative", true);
            }
            likelihood.add("window", o);
        });
        spec.likelihood().blocks().ifPresent(b -> {
            final JsonObject o = new JsonObject();
            o.addProperty("count", b.count());
            o.addProperty("radius", b.radius());
            o.addProperty("rows", b.rows());
            likelihood.add("blocks", o);
        });
        likelihood.add("hidden", array(spec.likelihood().hidden()));
        root.add("likelihood", spec.likelihood().match(c -> softmax(likelihood, c.rank(), c.palette()),
                h -> hurdle(likelihood, h), m -> with(likelihood, "components", m.components()), b -> likelihood));
        return root.toString();
    }

    private static JsonObject softmax(JsonObject o, int rank, int palette) {
        o.addProperty("rank", rank);
        return palette > 0 ? with(o, "palette", palette) : o;
    }

    private static JsonObject hurdle(JsonObject o, HurdleLikelihood h) {
        softmax(o, h.rank(), h.palette());
        if (!h.sharesTrunk()) {
            final JsonObject mark = new JsonObject();
            mark.add("hidden", array(h.markHidden()));
            o.add("mark", mark);
        }
        return o;
    }

    private static JsonObject with(JsonObject o, String member, int value) {
        o.addProperty(member, value);
        return o;
    }

    private static int palette(JsonObject likelihood) {
        return likelihood.has("palette") ? integer(likelihood, "palette") : 0;
    }

    static Description read(String json) throws FormatException {
        try {
            final JsonObject root = object(StrictJson.parse("model description: it", json), "description");
            final int version = integer(root, "version");
            if (version != ModelSpec.VERSION) {
                throw new UnsupportedArchiveException("model description has version " + version
                        + ", this program reads "
                        + ModelSpec.VERSION);
            }
            final String label = root.has("family") ? string(root, "family") : Family.VAE.label();
            final Family family = Family.of(label).orElseThrow(() -> new UnsupportedArchiveException(
                    "model description: unknown family \"" + printable(label) + "\""));
            if (family == Family.DIFFUSION) {
                return DiffusionSpecJson.read(root);
            }
            if (family == Family.FLOW) {
                return FlowSpecJson.read(root);
            }
            if (family == Family.SDE) {
                return SdeSpecJson.read(root);
            }
            members(root, "description", "version", "family", "name", "shape", "levels", "latents", "activation",
                    "encoder", "transitions", "decoder", "likelihood");
            return new ModelSpec(string(root, "name"), integers(root, "shape"), integer(root, "levels"), latents(root),
                    root.has("encoder") ? Optional.of(encoder(root)) : Optional.empty(),
                    root.has("transitions") ? transitions(root) : List.of(),
                    root.has("decoder") ? Optional.of(decoder(root)) : Optional.empty(),
                    likelihood(root), activation(root));
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException("model description: " + e.getMessage(), e);
        }
    }

    /** ELU is not written, so that there is one way to say it. */
    static Activation activation(JsonObject root) throws FormatException {
        if (!root.has("activation")) {
            return Activation.ELU;
        }
        final String name = string(root, "activation");
        if (!name.equals(Activation.SQLU.label())) {
            throw new UnsupportedArchiveException("model description: unknown activation \"" + printable(name) + "\"");
        }
        return Activation.SQLU;
    }

    private static ModelSpec.Encoder encoder(JsonObject root) throws FormatException {
        final JsonObject o = object(root.get("encoder"), "encoder");
        members(o, "encoder", "hidden");
        return new ModelSpec.Encoder(integers(o, "hidden"));
    }

    /** The layers of latents: one is written as a number, several as an array, so that there is one way for each. */
    private static List<Integer> latents(JsonObject root) {
        final JsonElement e = root.get("latents");
        if (e != null && e.isJsonArray()) {
            final List<Integer> layers = integers(root, "latents");
            if (layers.size() < 2) {
                throw new IllegalArgumentException("latents must be an integer, or an array for two layers or more");
            }
            return layers;
        }
        final int latents = integer(root, "latents");
        return latents == 0 ? List.of() : List.of(latents);
    }

    private static JsonArray transitions(ModelSpec spec) {
        final JsonArray a = new JsonArray();
        for (Transition t : spec.transitions()) {
            final JsonObject o = new JsonObject();
            o.add("prior", array(t.prior()));
            o.add(t.backward().label(), array(t.posterior()));
            a.add(o);
        }
        return a;
    }

    private static List<Transition> transitions(JsonObject root) throws FormatException {
        final JsonElement e = root.get("transitions");
        if (!e.isJsonArray() || e.getAsJsonArray().isEmpty()
                || e.getAsJsonArray().size() >= ModelSpec.MAX_LATENT_LAYERS) {
            throw new IllegalArgumentException("transitions must be an array of 1 to "
                    + (ModelSpec.MAX_LATENT_LAYERS - 1) + " objects");
        }
        final List<Transition> transitions = new ArrayList<>();
        for (JsonElement t : e.getAsJsonArray()) {
            final JsonObject o = object(t, "transition");
            members(o, "transition", "prior", "posterior", "evidence");
            final Transition.Backward backward = o.has("evidence") ? Transition.Backward.PRODUCT
                    : Transition.Backward.RELATIVE;
            if (o.has("evidence") && o.has("posterior")) {
                throw new IllegalArgumentException("a transition has a posterior or evidence, not both");
            }
            transitions.add(new Transition(integers(o, "prior"), backward,
                    integers(o, backward.label())));
        }
        return transitions;
    }

    private static ModelSpec.Decoder decoder(JsonObject root) throws FormatException {
        final JsonObject o = object(root.get("decoder"), "decoder");
        members(o, "decoder", "hidden", "features");
        return new ModelSpec.Decoder(integers(o, "hidden"), integer(o, "features"));
    }

    private static Likelihood likelihood(JsonObject root) throws FormatException {
        final JsonObject o = object(root.get("likelihood"), "likelihood");
        final String kind = string(o, "kind");
        switch (kind) {
            case "categorical" :
                members(o, "likelihood", "kind", "window", "blocks", "hidden", "rank", "palette");
                return new CategoricalLikelihood(predictor(o), integer(o, "rank"), palette(o));
            case "hurdle" :
                members(o, "likelihood", "kind", "window", "blocks", "hidden", "rank", "palette", "mark");
                return new HurdleLikelihood(predictor(o), o.has("mark") ? mark(o) : List.of(),
                        integer(o, "rank"),
                        palette(o));
            case "logistic-mixture" :
                members(o, "likelihood", "kind", "window", "blocks", "hidden", "components");
                return new MixtureLikelihood(predictor(o), integer(o, "components"));
            case "bernoulli" :
                members(o, "likelihood", "kind", "window", "blocks", "hidden");
                return new BernoulliLikelihood(predictor(o));
            default :
                throw new UnsupportedArchiveException("model description: unknown likelihood \"" + printable(kind)
                        + "\"");
        }
    }

    /** The widths of the mark's own hidden layers, of which there is at least one: without them nothing is written. */
    private static List<Integer> mark(JsonObject likelihood) throws FormatException {
        final JsonObject o = object(likelihood.get("mark"), "mark");
        members(o, "mark", "hidden");
        final List<Integer> hidden = integers(o, "hidden");
        if (hidden.isEmpty()) {
            throw new IllegalArgumentException("the mark needs hidden layers");
        }
        return hidden;
    }

    private static PredictorSpec predictor(JsonObject likelihood) throws FormatException {
        return new PredictorSpec(
                likelihood.has("window") ? Optional.of(window(likelihood)) : Optional.empty(),
                likelihood.has("blocks") ? Optional.of(blocks(likelihood)) : Optional.empty(),
                integers(likelihood, "hidden"));
    }

    private static Window window(JsonObject likelihood) throws FormatException {
        final JsonObject o = object(likelihood.get("window"), "window");
        members(o, "window", "radius", "rows", "marks", "relative");
        final boolean marks = o.has("marks") && bool(o, "marks");
        final boolean relative = o.has("relative") && bool(o, "relative");
        if (marks && relative) {
            throw new IllegalArgumentException("a relative window has no marks");
        }
        return new Window(integer(o, "radius"), integer(o, "rows"),
                marks ? Window.View.MARKED : relative ? Window.View.RELATIVE : Window.View.PLAIN);
    }

    private static Blocks blocks(JsonObject likelihood) throws FormatException {
        final JsonObject o = object(likelihood.get("blocks"), "blocks");
        members(o, "blocks", "count", "radius", "rows");
        return new Blocks(integer(o, "count"), integer(o, "radius"), integer(o, "rows"));
    }

    static void members(JsonObject o, String what, String... known) throws UnsupportedArchiveException {
        final Set<String> names = Set.of(known);
        for (String member : o.keySet()) {
            if (!names.contains(member)) {
                throw new UnsupportedArchiveException("model description: unknown member \"" + printable(member)
                        + "\" in " + what);
            }
        }
    }

    private static JsonObject object(JsonElement e, String what) {
        if (e == null || !e.isJsonObject()) {
            throw new IllegalArgumentException(what + " must be an object");
        }
        return e.getAsJsonObject();
    }

    static String string(JsonObject o, String member) {
        final JsonElement e = o.get(member);
        if (e == null || !e.isJsonPrimitive() || !e.getAsJsonPrimitive().isString()) {
            throw new IllegalArgumentException(member + " must be a string");
        }
        return e.getAsString();
    }

    private static boolean bool(JsonObject o, String member) {
        final JsonElement e = o.get(member);
        if (!e.isJsonPrimitive() || !e.getAsJsonPrimitive().isBoolean()) {
            throw new IllegalArgumentException(member + " must be true or false");
        }
        return e.getAsBoolean();
    }

    static int integer(JsonObject o, String member) {
        return integer(o.get(member), member);
    }

    static List<Integer> integers(JsonObject o, String member) {
        return integers(o, member, ModelSpec.MAX_LAYERS);
    }

    static List<Integer> integers(JsonObject o, String member, int most) {
        final JsonElement e = o.get(member);
        if (e == null || !e.isJsonArray() || e.getAsJsonArray().size() > most) {
            throw new IllegalArgumentException(member + " must be an array of at most " + most + " integers");
        }
        final List<Integer> values = new ArrayList<>();
        e.getAsJsonArray().forEach(v -> values.add(integer(v, member)));
        return values;
    }

    /** Only plain integers: {@code 1e9}, {@code 1.0} and numbers beyond int are refused before anything parses them. */
    private static int integer(JsonElement e, String what) {
        if (e == null || !e.isJsonPrimitive() || !e.getAsJsonPrimitive().isNumber()
                || !e.getAsString().matches("0|[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(what + " must be an integer of at most 9 digits");
        }
        return Integer.parseInt(e.getAsString());
    }

    static JsonArray array(List<Integer> values) {
        final JsonArray a = new JsonArray();
        values.forEach(a::add);
        return a;
    }

    /** A hostile name must not write control characters to somebody's terminal. */
    private static String printable(String s) {
        return s.substring(0, Math.min(s.length(), 40)).replaceAll("[^ -~]", "?");
    }
}
