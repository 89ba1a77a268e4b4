package org.bbans.model.image;

import java.util.Arrays;
import org.bbans.codec.math.Decisions;
import org.bbans.codec.math.Exact;

/**
 * Codes samples in binary decisions, the highest bit first. Each decision's probability by the network's mixture is
 * joined with adaptive counts in contexts of exact values by an online logistic mixer, and refined by an adaptive map.
 *
 * <p>A sample may be coded as its difference to another one, modulo the number of levels.
 */
final class DecisionCoder extends LevelCoder {

    /** Greatest number of contexts. */
    static final int MAX_CONTEXTS = 6;

    /** Classes of local errors, and of how sure the network is, by which the mixer's weights are chosen. */
    private static final int SCALES = 8;
    private static final int STRENGTHS = 4;
    /** Classes of how often a count has been used; those of two contexts choose the second weights. */
    private static final int AGES = 4;
    /** Least and greatest number of counts of a context, as powers of two. */
    private static final int LEAST_BITS = 8;
    private static final int MOST_BITS = 21;
    private static final int LIMIT = 127;
    /** Beyond this the network's probability is taken as it is. */
    private static final float SURE = 6f;
    /** The mixer's step sizes by how often the weights have been used. */
    private static final float[] RATE = new float[1024];
    private static final int MAP = 33;
    private static final float MAP_RATE = 0.015f;
    /** The weights that counts begin with: of the first four contexts, and of others. */
    private static final float FIRST_WEIGHT = 0.2f;
    private static final float LATER_WEIGHT = 0.05f;
    /** Steps of the second weights, in those of the first. */
    private static final float AGE_PACE = 0.5f;
    /** The mixer's input that is always the same. */
    private static final float BIAS = 0.3f;

    private static final int[] RECIPROCAL = new int[LIMIT + 1];
    private static final float[] TRUST = new float[LIMIT + 1];

    static {
        for (int n = 0; n < RATE.length; n++) {
            RATE[n] = 0.002f + 0.03f / (1f + n * 0.03f);
        }
        for (int n = 0; n <= LIMIT; n++) {
            RECIPROCAL[n] = (int) (65536f / (n + 1.5f));
            TRUST[n] = (float) Math.sqrt(n / (n + 2f));
        }
    }

    /** Where the sixteen counts of each context lie that belong to the four bits being coded. */
    private final int[] base = new int[MAX_CONTEXTS];
    private boolean based;
    private final int inputs;
    private final float[] input;
    /** Hashes of the contexts of each pixel of a front. */
    final int[] context;
    /** Where those of the sample being coded begin. */
    private int own;
    /** What the counts add up to that were only read to have them in the cache. */
    private int touched;

    private final int bits;
    private final int contexts;
    /** Null unless somebody wants to know what the decisions take by the mixture alone. */
    private BitStack alone;
    private final int tableBits;
    private final int[] counts;
    /** Two sets of weights act together, each learning at its own pace: by what is coded, and by the counts' ages. */
    private final float[] weights;
    private final int[] used;
    private final float[] ageWeights;
    private final int[] ageUsed;
    private final float[] maps;

    /**
     * A coder that has seen nothing.
     *
     * @param levels number of levels
     * @param lanes the most pixels of a front
     * @param samples number of samples that there may be, at least 1: the tables are sized for them
     */
    DecisionCoder(BitStack stack, boolean decoding, int levels, int planes, int lanes, long samples,
            ImageShape shape) {
        super(stack, decoding, levels, shape);
        contexts = shape.contexts();
        bits = 32 - Integer.numberOfLeadingZeros(levels - 1);
        context = new int[MAX_CONTEXTS * lanes];
        inputs = contexts + 3 & -2;
        input = new float[inputs];
        tableBits = tableBits(samples);
        counts = new int[contexts << tableBits];
        Arrays.fill(counts, 1 << 31);
        weights = new float[planes * bits * SCALES * STRENGTHS * inputs];
        for (int i = 0; i < weights.length; i += inputs) {
            weights[i] = 1f;
            for (int k = 0; k < contexts; k++) {
                weights[i + 2 + k] = k < 4 ? FIRST_WEIGHT : LATER_WEIGHT;
            }
        }
        used = new int[weights.length / inputs];
        ageWeights = new float[planes * bits * AGES * AGES * inputs];
        ageUsed = new int[ageWeights.length / inputs];
        maps = new float[planes * 4 * 256 * MAP];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = Exact.sigmoid((i % MAP - 16) * 0.5f);
        }
    }

    /** Of so many samples: four counts a sample, up to a power of two, within bounds. */
    private static int tableBits(long samples) {
        final int length = Long.SIZE - Long.numberOfLeadingZeros(samples - 1);
        return Math.max(LEAST_BITS, Math.min(MOST_BITS, length + 2));
    }

    /** Bytes that a coder's counts take. */
    static long memory(long samples, int contexts) {
        return (long) contexts * Integer.BYTES << tableBits(samples);
    }

    /** Writes the decisions to another stack too, with the mixture's probabilities. */
    void writeAlone(BitStack stack) {
        alone = stack;
    }

    /**
     * Reads the counts that a pixel's sample takes if it is about what is expected. The table is larger than the nearer
     * caches, and the counts of many pixels are fetched at once this way.
     *
     * @param lane the pixel's place in the front; its contexts are set
     * @param value what is expected, as a difference
     */
    void expect(int lane, int value) {
        final int digits = Math.max(0, Math.min(levels - 1, value + (value >> 31 & levels)));
        int sum = 0;
        for (int i = 0; i < contexts; i++) {
            final int hash = context[MAX_CONTEXTS * lane + i];
            sum += counts[place(i, hash, 1)];
            if (bits > 4) {
                sum += counts[place(i, hash, 16 | digits >> bits - 4)];
            }
        }
        touched = sum;
    }

    /**
     * Codes a sample.
     *
     * @param lane the pixel's place in the front; its contexts are set
     * @param plane selects the mixer's weights
     * @param sample what to encode; ignored by a decoder
     * @param shift what the sample is a difference to, or 0
     * @param scaleClass selects the mixer's weights, 0 to 15
     * @param row the row of {@code head} that has the sample's mixture
     * @return the sample
     */
    int code(int plane, int lane, int sample, int shift, int scaleClass, HeadLearner head, int row) {
        take(head, row);
        own = MAX_CONTEXTS * lane;
        int target = sample - shift;
        target += target >> 31 & levels;
        final float start = shift == 0 ? 0f : below(shift);
        float low = 0f;
        float high = 1f;
        int node = 1;
        int first = 0;
        for (int bit = bits - 1; bit >= 0; bit--) {
            final int depth = bits - 1 - bit;
            if ((depth & 3) == 0) {
                based = false;
            }
            final int middle = first + (1 << bit);
            if (middle >= levels) {
                node <<= 1;
                continue;
            }
            final int cut = middle + shift;
            final float f = cut < levels
                    ? below(cut) - start
                    : 1f - start + (cut == levels ? 0f : below(cut - levels));
            final float stretched = Decisions.logOdds(mass(f, high), mass(low, f));
            final int wanted = target >> bit & 1;
            final int coded = Math.abs(stretched) < SURE
                    ? mix(plane, depth, node, scaleClass, stretched, wanted)
                    : put(Decisions.probability(stretched), wanted);
            if (alone != null) {
                alone.write(coded, rounded(Decisions.probability(stretched)));
            }
            if (coded != 0) {
                low = f;
                first = middle;
            } else {
                high = f;
            }
            node = node << 1 | coded;
        }
        final int value = first + shift;
        return value >= levels ? value - levels : value;
    }

    /** Finds the counts for the four bits that begin with the prefix {@code node}. */
    private void locate(int node) {
        for (int i = 0; i < contexts; i++) {
            base[i] = place(i, context[own + i], node);
        }
        based = true;
    }

    private int place(int table, int hash, int node) {
        return (table << tableBits) + ((hash + node * 0x3C6EF372) * 0x9E3779B1 >>> 36 - tableBits << 4);
    }

    private int ages(int plane, int depth, int one, int other) {
        return ((plane * bits + depth) * AGES + age(one)) * AGES + age(other);
    }

    /** The class of how often a count has been used. */
    private static int age(int count) {
        final int n = count & 0x3FF;
        return n == 0 ? 0 : n < 4 ? 1 : n < 20 ? 2 : 3;
    }

    /** A count's probability as the mixer takes it. */
    private static float stretched(int count) {
        return Decisions.stretch(count >>> 22) * TRUST[count & 0x3FF];
    }

    /** The step of the weights of a set, which shrinks as the set is used. */
    private static float pace(int[] used, int set) {
        final int n = used[set];
        used[set] = Math.min(n + 1, RATE.length - 1);
        return RATE[n];
    }

    /** Adds {@code step} times the inputs, of which the first four are given, to the weights from {@code set} on. */
    private void learn(float[] w, int set, float step, float x0, float x2, float x3) {
        w[set] = Math.fma(step, x0, w[set]);
        w[set + 1] = Math.fma(step, BIAS, w[set + 1]);
        w[set + 2] = Math.fma(step, x2, w[set + 2]);
        w[set + 3] = Math.fma(step, x3, w[set + 3]);
        for (int i = 4; i < inputs; i++) {
            w[set + i] = Math.fma(step, input[i], w[set + i]);
        }
    }

    private int mix(int plane, int depth, int node, int scaleClass, float stretched, int wanted) {
        final int within = node & (1 << (depth & 3)) - 1 | 1 << (depth & 3);
        if (!based) {
            locate(node >> (depth & 3));
        }
        final float[] x = input;
        final float[] w = weights;
        final int[] table = counts;
        final int n = contexts;
        // The first four inputs stay in registers: a model has two contexts or more as a rule.
        final float x2 = stretched(table[base[0] + within]);
        final float x3 = n > 1 ? stretched(table[base[1] + within]) : 0f;
        for (int i = 2; i < n; i++) {
            x[i + 2] = stretched(table[base[i] + within]);
        }
        final int strength = Math.min(STRENGTHS - 1, (int) Math.abs(stretched) >> 1);
        final int selected = ((plane * bits + depth) * SCALES + (scaleClass >> 1)) * STRENGTHS + strength;
        final int set = selected * inputs;
        final int aged = n == 1 ? 0 : ages(plane, depth, table[base[Math.min(2, n - 1)] + within],
                table[base[Math.min(3, n - 1)] + within]);
        final int second = aged * inputs;
        final float[] u = ageWeights;
        float even = Math.fma(w[set + 2] + u[second + 2], x2, (w[set] + u[second]) * stretched);
        float odd = Math.fma(w[set + 3] + u[second + 3], x3, (w[set + 1] + u[second + 1]) * BIAS);
        for (int i = 4; i < inputs; i += 2) {
            even = Math.fma(w[set + i] + u[second + i], x[i], even);
            odd = Math.fma(w[set + i + 1] + u[second + i + 1], x[i + 1], odd);
        }
        float dot = even + odd;
        dot = dot > -Decisions.LOG_ODDS_MAX ? dot : -Decisions.LOG_ODDS_MAX;
        dot = dot < Decisions.LOG_ODDS_MAX ? dot : Decisions.LOG_ODDS_MAX;
        final float p = Decisions.probability(dot);
        float z = Math.fma(dot, 2f, 16f);
        z = z > 0.01f ? z : 0.01f;
        z = z < 31.99f ? z : 31.99f;
        final int zi = (int) z;
        final float zf = z - zi;
        final int map = ((plane * 4 + (scaleClass >> 2)) * 256 + (node < 256 ? node : 255)) * MAP + zi;
        final float m0 = maps[map];
        final float m1 = maps[map + 1];
        final int coded = put((p + Math.fma(zf, m1 - m0, m0)) * 0.5f, wanted);
        maps[map] = Math.fma((coded - m0) * MAP_RATE, 1f - zf, m0);
        maps[map + 1] = Math.fma((coded - m1) * MAP_RATE, zf, m1);
        learn(w, set, (coded - p) * pace(used, selected), stretched, x2, x3);
        if (n > 1) {
            learn(u, second, (coded - p) * AGE_PACE * pace(ageUsed, aged), stretched, x2, x3);
        }
        final int goal = -coded >>> 10;
        for (int i = 0; i < n; i++) {
            final int place = base[i] + within;
            final int count = table[place];
            final int seen = count & 0x3FF;
            final int old = count >>> 10;
            final int next = old + (int) ((long) (goal - old) * RECIPROCAL[seen] >> 16);
            table[place] = next << 10 | Math.min(seen + 1, LIMIT);
        }
        return coded;
    }
}
