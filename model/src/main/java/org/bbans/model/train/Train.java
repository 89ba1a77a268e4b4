package org.bbans.model.train;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bbans.model.ModelSpec;

/** Trains from the command line: {@code Train --data FILE --out FILE [--name VALUE]...}. */
final class Train {

    private Train() {
    }

    public static void main(String[] args) throws Exception {
        final Map<String, String> given = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            given.put(args[i].substring(2), args[i + 1]);
        }
        final int levels = Integer.parseInt(given.getOrDefault("levels", "256"));
        final int latents = Integer.parseInt(given.getOrDefault("latents", "32"));
        final List<Integer> hidden = widths(given.getOrDefault("hidden", "64,64"));
        final int radius = Integer.parseInt(given.getOrDefault("radius", "5"));
        final int rows = Integer.parseInt(given.getOrDefault("rows", "5"));
        final Optional<ModelSpec.Window> window = radius + rows == 0 ? Optional.empty()
            : Optional.of(new ModelSpec.Window(radius, rows, Boolean.parseBoolean(given.getOrDefault("marks", "false"))));
        final ModelSpec.Likelihood likelihood = levels == 2 ? new ModelSpec.Bernoulli(window, hidden)
            : given.containsKey("components")
            ? new ModelSpec.LogisticMixture(window, hidden, Integer.parseInt(given.get("components")))
            : new ModelSpec.Categorical(window, hidden, Integer.parseInt(given.getOrDefault("rank", "16")));
        final ModelSpec spec = new ModelSpec(given.getOrDefault("name", "model"),
            widths(given.getOrDefault("shape", "28,28")), levels, latents,
            latents == 0 ? Optional.empty()
                : Optional.of(new ModelSpec.Encoder(widths(given.getOrDefault("encoder", "256,256")))),
            latents == 0 ? Optional.empty()
                : Optional.of(new ModelSpec.Decoder(widths(given.getOrDefault("decoder", "256")),
                    Integer.parseInt(given.getOrDefault("features", "4")))),
            likelihood);
        final TrainingOptions.Schedule schedule = new TrainingOptions.Schedule(
            Double.parseDouble(given.getOrDefault("minutes", "0")), Long.parseLong(given.getOrDefault("steps", "0")),
            Double.parseDouble(given.getOrDefault("rate", "0.002")),
            Integer.parseInt(given.getOrDefault("warmup", "300")),
            Integer.parseInt(given.getOrDefault("kl-warmup", "2000")),
            Double.parseDouble(given.getOrDefault("free-bits", "0")),
            Double.parseDouble(given.getOrDefault("average", "0.999")),
            Double.parseDouble(given.getOrDefault("clip", "1")));
        final TrainingOptions options = new TrainingOptions(spec, Path.of(given.get("data")),
            Integer.parseInt(given.getOrDefault("holdout", "0")),
            Integer.parseInt(given.getOrDefault("validation", "2000")),
            Boolean.parseBoolean(given.getOrDefault("binarise", "false")),
            Integer.parseInt(given.getOrDefault("shift", "0")),
            Double.parseDouble(given.getOrDefault("dropout", "0")),
            Integer.parseInt(given.getOrDefault("batch", "64")),
            Integer.parseInt(given.getOrDefault("positions", "128")), schedule,
            Long.parseLong(given.getOrDefault("seed", "1")), Path.of(given.get("out")),
            Optional.ofNullable(given.get("work")).map(Path::of), Optional.ofNullable(given.get("report")).map(Path::of),
            "bbans train " + Arrays.stream(args).map(a -> a.substring(a.lastIndexOf('/') + 1))
                .collect(Collectors.joining(" ")));
        Trainer.run(options, p -> System.out.printf(Locale.ROOT,
            "step %d  %.1f %%  %.2f min  rate %.5f  train %.4f%s%n", p.step(), 100 * p.fraction(), p.minutes(),
            p.learningRate(), p.train(),
            Double.isNaN(p.validation()) ? "" : String.format(Locale.ROOT, "  validation %.4f  kl %.1f", p.validation(),
                p.kl())));
    }

    private static List<Integer> widths(String text) {
        return text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }
}
