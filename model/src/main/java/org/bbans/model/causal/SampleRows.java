package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.model.spec.ModelSpec;

/**
 * The samples of a group of records as the networks see them: {@code level / (levels - 1)}, one row for each sample of
 * a record, one lane for each record.
 */
public final class SampleRows {

    private final float[] scaled;
    /** {@code [sample][lane]}. */
    public final float[][] rows;
    /**
     * Whether all lanes of a row are zero. Adding products with zero changes no accumulator, so such rows may be left
     * out.
     */
    public final boolean[] blank;

    /** {@code [sample][lane]}: 1 where the level is not zero; without rows if nobody looks at them. */
    final float[][] marks;

    /** {@code [sample][lane]}: the level itself; without rows if nobody looks at them. */
    final float[][] levels;

    public SampleRows(ModelSpec spec, int capacity) {
        final int dims = spec.dims();
        final Optional<ModelSpec.Window> window = spec.likelihood().window();
        rows = new float[dims][capacity];
        marks = new float[window.isPresent() && window.get().marks() ? dims : 0][capacity];
        levels = new float[window.isPresent() && window.get().relative() ? dims : 0][capacity];
        blank = new boolean[dims];
        scaled = scaled(spec);
    }

    /** What the networks see of each level. */
    static float[] scaled(ModelSpec spec) {
        final float[] scaled = new float[spec.levels()];
        for (int v = 0; v < scaled.length; v++) {
            scaled[v] = (float) v / (scaled.length - 1);
        }
        return scaled;
    }

    /** Sets one row from the levels {@code x[off .. off + records)}. */
    public void set(int sample, int[] x, int off, int records) {
        final float[] row = rows[sample];
        int any = 0;
        for (int j = 0; j < records; j++) {
            final int level = x[off + j];
            any |= level;
            row[j] = scaled[level];
        }
        blank[sample] = any == 0;
        if (marks.length > 0) {
            final float[] mark = marks[sample];
            for (int j = 0; j < records; j++) {
                mark[j] = x[off + j] != 0 ? 1f : 0f;
            }
        }
        if (levels.length > 0) {
            final float[] level = levels[sample];
            for (int j = 0; j < records; j++) {
                level[j] = x[off + j];
            }
        }
    }
}
