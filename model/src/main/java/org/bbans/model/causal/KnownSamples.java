package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Window;

/** Holds the known samples of a group of records in the layout that suits the order of pixels. */
public abstract sealed class KnownSamples {

    /** What the networks see of each level: {@code level / (levels - 1)}. */
    final float[] scaled;

    private KnownSamples(ModelSpec spec) {
        scaled = new float[spec.levels()];
        for (int v = 0; v < scaled.length; v++) {
            scaled[v] = (float) v / (scaled.length - 1);
        }
    }

    /** Holds samples for the order of a workspace. */
    static KnownSamples of(Workspace w) {
        return w.order().isJoint() ? new Joint(w) : new Raster(w);
    }

    /** Takes the levels of a channel of a piece, {@code level[lane]}. */
    abstract void set(Piece piece, int channel, int[] level);

    /** Adds the values of the neighbours in hand, channel by channel; rows of zeros change nothing and are left out. */
    abstract void addValues(Piece piece, SparseInputs to, int input);

    /** Adds the marks of the neighbours in hand, channel by channel; rows of zeros are left out. */
    abstract void addMarks(Piece piece, SparseInputs to, int input);

    /** A channel of the neighbours in hand, for inputs, overwritten by the next call for this channel. */
    abstract float[] value(Piece piece, int channel);

    /** The levels of a channel of the neighbours in hand, overwritten by the next call for this channel. */
    abstract float[] level(Piece piece, int channel);

    /** One row for each sample of a record, one lane for each record; for pieces of one pixel. */
    public static final class Raster extends KnownSamples {

        private final int channels;
        /** {@code [sample][lane]}. */
        private final float[][] rows;
        /** Whether all lanes of a row are zero. */
        private final boolean[] blank;
        /** {@code [sample][lane]}: 1 where the level is not zero; without rows if nobody looks at them. */
        private final float[][] marks;
        /** {@code [sample][lane]}: the level itself; without rows if nobody looks at them. */
        private final float[][] levels;

        /** Holds no samples yet. */
        public Raster(Workspace w) {
            super(w.spec());
            channels = w.grid().channels();
            final int dims = w.grid().dims();
            final int lanes = Kernels.lanesFor(w.records());
            final Optional<Window> window = w.spec().likelihood().window();
            rows = new float[dims][lanes];
            marks = new float[window.isPresent() && window.get().marks() ? dims : 0][lanes];
            levels = new float[window.isPresent() && window.get().relative() ? dims : 0][lanes];
            blank = new boolean[dims];
        }

        @Override
        void set(Piece piece, int channel, int[] level) {
            set(piece.pixel(0) * channels + channel, level, 0, piece.records);
        }

        /** Takes sample {@code sample} of all records, the levels {@code x[off .. off + records)}. */
        private void set(int sample, int[] x, int off, int records) {
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

        /**
         * Takes all samples of records, and gives them as inputs of a network that sees whole records.
         *
         * @param x levels from {@code off}, sample-major
         */
        public void setAll(int[] x, int off, int records, SparseInputs to) {
            to.clear();
            for (int i = 0; i < rows.length; i++) {
                set(i, x, off + i * records, records);
                if (!blank[i]) {
                    to.add(rows[i], i);
                }
            }
        }

        @Override
        void addValues(Piece piece, SparseInputs to, int input) {
            add(rows, piece, to, input);
        }

        @Override
        void addMarks(Piece piece, SparseInputs to, int input) {
            add(marks, piece, to, input);
        }

        private void add(float[][] from, Piece piece, SparseInputs to, int input) {
            final int sample = piece.neighbour() * channels;
            for (int c = 0; c < channels; c++) {
                if (!blank[sample + c]) {
                    to.add(from[sample + c], input + c);
                }
            }
        }

        @Override
        float[] value(Piece piece, int channel) {
            return rows[piece.neighbour() * channels + channel];
        }

        @Override
        float[] level(Piece piece, int channel) {
            return levels[piece.neighbour() * channels + channel];
        }
    }

    /** One row for each channel, its pixels in their order: what the pixels of a piece see lies together. */
    private static final class Joint extends KnownSamples {

        private final boolean relative;
        /** {@code [channel][place * records + record]}: values or, if the window is relative, levels. */
        private final float[][] coded;
        /** {@code [channel][lane]}. */
        private final float[][] row;

        Joint(Workspace w) {
            super(w.spec());
            relative = w.spec().likelihood().window().orElseThrow().relative();
            coded = new float[w.grid().channels()][w.grid().pixels() * w.records()];
            row = new float[w.grid().channels()][w.lanes()];
        }

        @Override
        void set(Piece piece, int channel, int[] level) {
            for (int j = 0; j < piece.used; j++) {
                row[channel][j] = relative ? level[j] : scaled[level[j]];
            }
            piece.keep(row[channel], coded[channel]);
        }

        @Override
        void addValues(Piece piece, SparseInputs to, int input) {
            add(piece, to, input, false);
        }

        @Override
        void addMarks(Piece piece, SparseInputs to, int input) {
            add(piece, to, input, true);
        }

        private void add(Piece piece, SparseInputs to, int input, boolean marks) {
            for (int c = 0; c < coded.length; c++) {
                final float[] spare = to.spare();
                piece.copy(coded[c], spare);
                if (any(spare, piece.used)) {
                    for (int j = 0; marks && j < piece.used; j++) {
                        spare[j] = spare[j] != 0 ? 1f : 0f;
                    }
                    to.add(spare, input + c);
                }
            }
        }

        private static boolean any(float[] row, int n) {
            int bits = 0;
            for (int j = 0; j < n; j++) {
                bits |= Float.floatToRawIntBits(row[j]);
            }
            return bits != 0;
        }

        @Override
        float[] value(Piece piece, int channel) {
            piece.copy(coded[channel], row[channel]);
            return row[channel];
        }

        @Override
        float[] level(Piece piece, int channel) {
            return value(piece, channel);
        }
    }
}
