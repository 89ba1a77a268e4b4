package org.bbans.cli.train;

import java.util.List;
import java.util.function.Consumer;
import org.bbans.model.spec.Activation;
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
     * Options, of which some are chosen.
     *
     * @param architecture what a model is like
     * @param schedule how it is trained
     */
    public record Chosen(ArchitectureOptions architecture, ScheduleOptions schedule) {

        @Override
        public String toString() {
            return architecture + " " + schedule;
        }
    }

    /**
     * Chooses options.
     *
     * @param shape of a record
     */
    Chosen choose(Kind kind, List<Integer> shape) {
        int samples = shape.stream().reduce(1, (a, b) -> a * b);
        boolean small = samples <= SMALL;
        ArchitectureOptions model = new ArchitectureOptions();
        head(kind, small).accept(model);
        if (kind == Kind.BLANK) {
            model.palette = 6;
        } else if (kind == Kind.GREY || kind == Kind.COLOUR) {
            model.relative = true;
        }
        boolean latents = kind == Kind.OTHER
                || small && this != FAST && (kind == Kind.TWO_VALUED || kind == Kind.BLANK);
        int pixels = kind == Kind.COLOUR ? samples / shape.get(2) : samples;
        ScheduleOptions schedule = schedule(model.blocks != null, samples, pixels);
        if (kind == Kind.COLOUR) {
            schedule.flip = true;
        }
        if (!latents) {
            model.latents = List.of(0);
        } else if (kind == Kind.OTHER) {
            choose(m -> latents(m, 16, Widths.of(128), Widths.of(128)),
                    m -> latents(m, 32, Widths.of(256, 256), Widths.of(256)),
                    m -> latents(m, 64, Widths.of(512, 512), Widths.of(512))).accept(model);
        } else {
            latents(model, 16, Widths.of(96), Widths.of(64));
            schedule.dropout = 0.5;
        }
        return new Chosen(model, schedule);
    }

    /**
     * Options for a diffusion model. A step looks at each state once.
     *
     * @param states those that the user wants, or null
     */
    static Chosen diffusion(Integer states) {
        ArchitectureOptions model = new ArchitectureOptions();
        model.states = states != null ? states : 24;
        model.channels = 64;
        model.blocks = 2;
        model.rank = 15;
        model.activation = Activation.SQLU;
        ScheduleOptions schedule = new ScheduleOptions();
        schedule.batch = model.states;
        schedule.rate = 0.002;
        return new Chosen(model, schedule);
    }

    /** Options for a flow. */
    static Chosen flow() {
        ArchitectureOptions model = new ArchitectureOptions();
        model.channels = 64;
        model.blocks = 1;
        model.activation = Activation.SQLU;
        ScheduleOptions schedule = new ScheduleOptions();
        schedule.batch = 32;
        schedule.rate = 0.006;
        return new Chosen(model, schedule);
    }

    /** Options for a model of images: fast and best have the sizes of those that the program has. */
    Chosen images() {
        ArchitectureOptions model = new ArchitectureOptions();
        choose(m -> images(m, 16, 4, 1), m -> images(m, 32, 8, 2), m -> images(m, 64, 8, 6)).accept(model);
        model.windows = this == BEST ? 2 : 1;
        model.far = this == FAST ? 2 : 6;
        model.interval = this == FAST ? 2 : 1;
        return new Chosen(model, imageSchedule(0.002));
    }

    private static void images(ArchitectureOptions model, int hidden, int components, int contexts) {
        model.hidden = Widths.of(hidden);
        model.components = components;
        model.contexts = contexts;
    }

    private static ScheduleOptions imageSchedule(double rate) {
        ScheduleOptions schedule = new ScheduleOptions();
        schedule.flip = true;
        schedule.rate = rate;
        schedule.average = 0.999;
        return schedule;
    }

    /** Options for a training that starts from a model of images. */
    public static Chosen furtherImages() {
        return new Chosen(new ArchitectureOptions(), imageSchedule(0.0005));
    }

    /** Options for a model in continuous time. */
    static Chosen sde() {
        ArchitectureOptions model = new ArchitectureOptions();
        model.latents = List.of(32);
        model.encoder = Widths.of(256);
        model.drift = Widths.of(128);
        model.decoder = Widths.of(256);
        model.rank = 8;
        model.activation = Activation.SQLU;
        ScheduleOptions schedule = new ScheduleOptions();
        schedule.batch = 128;
        schedule.rate = 0.002;
        return new Chosen(model, schedule);
    }

    /** Options for a training that starts from a model. */
    public static Chosen further(ModelSpec model) {
        boolean blocks = model.likelihood().blocks().isPresent();
        ScheduleOptions schedule = schedule(blocks, model.dims(), model.pixels());
        schedule.warmup = 100;
        schedule.klWarmup = 0;
        schedule.rate = blocks ? 0.001 : 0.002;
        return new Chosen(new ArchitectureOptions(), schedule);
    }

    private Consumer<ArchitectureOptions> head(Kind kind, boolean small) {
        return switch (kind) {
            case TWO_VALUED -> small
                    ? choose(m -> window(m, 4, 4, 32, 32), m -> blocks(window(m, 5, 5, 48, 48), 3),
                            m -> blocks(window(m, 5, 5, 64, 64), 4))
                    : choose(m -> window(m, 4, 4, 32, 32), m -> window(m, 5, 5, 64, 64),
                            m -> window(m, 7, 7, 96, 64, 64));
            case BLANK -> choose(m -> window(m, 4, 4, 64, 64).hurdle = HurdleOption.of(16, 16),
                    m -> window(m, 5, 5, 96, 64, 64).hurdle = HurdleOption.of(32, 32),
                    m -> {
                        blocks(window(m, 4, 4, 64, 64), 3).hurdle = HurdleOption.TRUNK;
                        m.rank = 32;
                        m.activation = Activation.SQLU;
                    });
            case GREY -> choose(m -> window(m, 3, 3, 48, 48).components = 5,
                    m -> blocks(window(m, 3, 3, 64, 64), 4).components = 10,
                    m -> blocks(window(m, 3, 3, 64, 64), 6).components = 10);
            case COLOUR -> choose(m -> window(m, 3, 3, 48, 48).components = 5,
                    m -> blocks(window(m, 3, 3, 64, 64), 4).components = 5,
                    m -> blocks(window(m, 3, 3, 64, 64), 6).components = 10);
            case OTHER -> choose(m -> table(m, 8, 32, 32), m -> table(m, 16, 64, 64), m -> table(m, 32, 96, 64));
        };
    }

    private static ArchitectureOptions window(ArchitectureOptions model, int radius, int rows, Integer... hidden) {
        model.hidden = Widths.of(hidden);
        model.radius = radius;
        model.rows = rows;
        return model;
    }

    private static ArchitectureOptions blocks(ArchitectureOptions model, int blocks) {
        model.blocks = blocks;
        return model;
    }

    private static void table(ArchitectureOptions model, int rank, Integer... hidden) {
        model.hidden = Widths.of(hidden);
        model.rank = rank;
    }

    private static void latents(ArchitectureOptions model, int latents, Widths encoder, Widths decoder) {
        model.latents = List.of(latents);
        model.encoder = encoder;
        model.decoder = decoder;
    }

    private static ScheduleOptions schedule(boolean blocks, int samples, int pixels) {
        ScheduleOptions schedule = new ScheduleOptions();
        if (blocks) {
            schedule.rate = 0.003;
            schedule.warmup = 200;
            schedule.batch = Math.max(1, Math.min(16, STEP_PIXELS / pixels));
        } else if (samples > SMALL) {
            schedule.batch = 32;
            schedule.positions = 512;
        }
        return schedule;
    }

    private Consumer<ArchitectureOptions> choose(Consumer<ArchitectureOptions> fast,
            Consumer<ArchitectureOptions> balanced, Consumer<ArchitectureOptions> best) {
        return switch (this) {
            case FAST -> fast;
            case BALANCED -> balanced;
            case BEST -> best;
        };
    }
}
