package org.bbans.model.causal;

import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.ModelSpec;

/**
 * How many lanes are evaluated together, and how many records may go in lockstep so that what is kept of all of them
 * stays within bounds: the archive format names these, for a decoder must be able to follow.
 */
public final class Lanes {

    /** Greatest number of lanes of a piece, and of records in lockstep. */
    public static final int MAX = 128;

    /** Samples of all records in lockstep: the largest records then take some 200 MB in memory. */
    private static final int MAX_SAMPLES = 1 << 22;
    /** Activations of earlier pixels, or features of all pixels, that are kept for all records in lockstep. */
    private static final int MAX_KEPT = 1 << 24;

    private Lanes() {}

    /**
     * How many records are best coded in lockstep. If a hurdle's mark has a predictor of its own, the lanes of nonzero
     * samples alone go through most layers; with more of them less of the vectors stays empty. More lanes than the
     * vectors need only take room in the caches.
     */
    public static int best(ModelSpec spec) {
        final boolean separate = spec.likelihood().match(c -> false, h -> !h.sharesTrunk(), m -> false, b -> false);
        return Math.min(most(spec), separate ? MAX : MAX / 2);
    }

    /** Greatest number of records that may be coded in lockstep. */
    public static int most(ModelSpec spec) {
        int lanes = MAX;
        while (lanes > 1 && ((long) lanes * spec.dims() > MAX_SAMPLES || (long) lanes * spec.kept() > MAX_KEPT)) {
            lanes /= 2;
        }
        return lanes;
    }

    /** Whether models of this description can learn levels while they code: those whose samples are mostly zero. */
    public static boolean learn(ModelSpec spec) {
        return spec.likelihood().match(c -> false, h -> true, m -> false, b -> false);
    }

    /** Bytes of memory for what is kept of so many records in lockstep, at most. */
    public static long memory(ModelSpec spec, int lanes) {
        long numbers = 3L * spec.dims() + spec.kept();
        if (allowFronts(spec, lanes)) {
            numbers += (long) spec.features() * spec.pixels() + keptByFronts(spec);
        }
        return lanes * numbers * Float.BYTES;
    }

    /** Whether so many records may be coded front by front: there are fronts, and what these keep is not too much. */
    public static boolean allowFronts(ModelSpec spec, int lanes) {
        return PixelOrder.hasFronts(spec) && lanes * keptByFronts(spec) <= MAX_KEPT
                && (long) lanes * spec.features() * spec.pixels() <= MAX_KEPT;
    }

    /** Activations of a record that blocks keep if all pixels are kept. */
    private static long keptByFronts(ModelSpec spec) {
        final long blocks = spec.likelihood().blocks().map(Blocks::count).orElse(0);
        return blocks == 0 ? 0 : blocks * spec.likelihood().hidden().get(0) * spec.pixels();
    }
}
