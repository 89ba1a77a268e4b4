package org.bbans.model.causal;

import org.bbans.model.chain.ChainHeader;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.ModelSpec;

/** The samples of a group of records as far as they are known, as rows that the pixels of a piece see. A workspace. */
public abstract sealed class CodedSamples {

    /** Those of a workspace's order. */
    public static CodedSamples of(ModelSpec spec, PixelOrder order, SampleRows samples, int records) {
        return order.isJoint() ? new Joint(spec, records) : new Raster(spec, samples);
    }

    /** Takes the levels of a channel of a piece, {@code level[lane]}. */
    public abstract void set(Piece piece, int channel, int[] level);

    /** Adds the neighbours in hand, channel by channel, but for rows of zeros: these change no accumulator. */
    abstract void addValues(Piece piece, SparseInputs to, int input);

    /** The same for their marks. */
    abstract void addMarks(Piece piece, SparseInputs to, int input);

    /** A channel of the neighbours in hand, for inputs, overwritten by the next call for this channel. */
    abstract float[] value(Piece piece, int channel);

    /** The level of a channel of the neighbours in hand, likewise. */
    abstract float[] level(Piece piece, int channel);

    /** One row for each sample of a record; pieces have one pixel. */
    private static final class Raster extends CodedSamples {

        private final SampleRows samples;
        private final int channels;

        Raster(ModelSpec spec, SampleRows samples) {
            this.samples = samples;
            channels = spec.channels();
        }

        @Override
        public void set(Piece piece, int channel, int[] level) {
            samples.set(piece.pixel(0) * channels + channel, level, 0, piece.records);
        }

        @Override
        void addValues(Piece piece, SparseInputs to, int input) {
            add(samples.rows, piece, to, input);
        }

        @Override
        void addMarks(Piece piece, SparseInputs to, int input) {
            add(samples.marks, piece, to, input);
        }

        private void add(float[][] rows, Piece piece, SparseInputs to, int input) {
            final int sample = piece.neighbour() * channels;
            for (int c = 0; c < channels; c++) {
                if (!samples.blank[sample + c]) {
                    to.add(rows[sample + c], input + c);
                }
            }
        }

        @Override
        float[] value(Piece piece, int channel) {
            return samples.rows[piece.neighbour() * channels + channel];
        }

        @Override
        float[] level(Piece piece, int channel) {
            return samples.levels[piece.neighbour() * channels + channel];
        }
    }

    /** One row for each channel, its pixels in their order: what the pixels of a piece see lies together. */
    private static final class Joint extends CodedSamples {

        private final float[] scaled;
        private final boolean relative;
        /** {@code [channel][place * records + record]}: numbers or, if the window is relative, levels. */
        private final float[][] coded;
        /** {@code [channel][lane]}. */
        private final float[][] row;

        Joint(ModelSpec spec, int records) {
            scaled = SampleRows.scaled(spec);
            relative = spec.likelihood().window().orElseThrow().relative();
            coded = new float[spec.channels()][spec.pixels() * records];
            row = new float[spec.channels()][ChainHeader.MAX_LANES];
        }

        @Override
        public void set(Piece piece, int channel, int[] level) {
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
