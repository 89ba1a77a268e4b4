package org.bbans.cli.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bbans.model.spec.ModelSpec;

/** What the options of {@code bbans train} stand for that are not given: an architecture that suits the records. */
public enum Preset {

    FAST, BALANCED, BEST;

    /**
     * Samples of a picture with latents: for larger ones their networks would be large, and carry little. A step on
     * two-valued ones with convolutions would see too few of them.
     */
    private static final int SMALL = 4096;
    /** Pixels that a step looks at if it looks at whole records. */
    private static final int STEP_PIXELS = 1 << 14;

    /** Kinds of records: pictures of two values, with much blank ground, grey, with channels; and no pictures. */
    enum Kind {
        TWO_VALUED, BLANK, GREY, COLOUR, OTHER
    }

    /**
     * Options and their values.
     *
     * @param shape of a record
     */
    Map<String, String> options(Kind kind, int... shape) {
        int samples = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        boolean small = samples <= SMALL;
        boolean latent = kind == Kind.OTHER || small && this != FAST && (kind == Kind.TWO_VALUED || kind == Kind.BLANK);
        String text = head(kind, small) + (latent ? latents(kind) : " --latents 0");
        int pixels = kind == Kind.COLOUR ? samples / shape[2] : samples;
        return parse(text + schedule(text.contains("--blocks"), samples, pixels));
    }

    /** Options for a training that starts from a model. */
    public static Map<String, String> further(ModelSpec model) {
        boolean blocks = model.likelihood().blocks().isPresent();
        // The later --rate and --warmup count.
        return parse(schedule(blocks, model.dims(), model.pixels()) + " --warmup 100 --kl-warmup 0 --rate "
                + (blocks ? "0.001" : "0.002"));
    }

    private String head(Kind kind, boolean small) {
        return switch (kind) {
            case TWO_VALUED -> small ? choose("--hidden 32,32 --radius 4 --rows 4",
                    "--hidden 48,48 --radius 5 --rows 5 --blocks 3", "--hidden 64,64 --radius 5 --rows 5 --blocks 4")
                    : choose("--hidden 32,32 --radius 4 --rows 4", "--hidden 64,64 --radius 5 --rows 5",
                    "--hidden 96,64,64 --radius 7 --rows 7");
            case BLANK -> "--palette 6 " + choose("--hidden 64,64 --hurdle 16,16 --radius 4 --rows 4",
                    "--hidden 96,64,64 --hurdle 32,32 --radius 5 --rows 5",
                    "--hidden 64,64 --hurdle trunk --rank 32 --radius 4 --rows 4 --blocks 3 --activation sqlu");
            case GREY -> "--radius 3 --rows 3 --relative true " + choose("--hidden 48,48 --components 5",
                    "--hidden 64,64 --components 10 --blocks 4", "--hidden 64,64 --components 10 --blocks 6");
            case COLOUR -> "--radius 3 --rows 3 --relative true --flip true " + choose("--hidden 48,48 --components 5",
                    "--hidden 64,64 --components 5 --blocks 4", "--hidden 64,64 --components 10 --blocks 6");
            case OTHER -> choose("--hidden 32,32 --rank 8", "--hidden 64,64 --rank 16", "--hidden 96,64 --rank 32");
        };
    }

    private String latents(Kind kind) {
        return switch (kind) {
            case TWO_VALUED, BLANK -> " --latents 16 --encoder 96 --decoder 64 --dropout 0.5";
            case GREY, COLOUR -> "";
            case OTHER -> choose(" --latents 16 --encoder 128 --decoder 128",
                    " --latents 32 --encoder 256,256 --decoder 256",
                    " --latents 64 --encoder 512,512 --decoder 512");
        };
    }

    private static String schedule(boolean blocks, int samples, int pixels) {
        return blocks ? " --rate 0.003 --warmup 200 --batch " + Math.max(1, Math.min(16, STEP_PIXELS / pixels))
                : samples > SMALL ? " --batch 32 --positions 512" : "";
    }

    private String choose(String fast, String balanced, String best) {
        return switch (this) {
            case FAST -> fast;
            case BALANCED -> balanced;
            case BEST -> best;
        };
    }

    private static Map<String, String> parse(String options) {
        String[] words = options.strip().split(" +");
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            map.put(words[i], words[i + 1]);
        }
        return map;
    }
}
