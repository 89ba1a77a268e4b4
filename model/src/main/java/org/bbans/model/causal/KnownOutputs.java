package org.bbans.model.causal;

import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/** The head's outputs for all samples of {@link KnownRecords}. A workspace. */
final class KnownOutputs {

    private final KnownRecords records;
    private final CausalHead head;
    /** By channel. */
    private final PixelStore[] outputs;
    /** By channel, one row: what means are relative to; null if they are absolute. */
    private final PixelStore[] references;

    /**
     * A workspace.
     *
     * @param capacity greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    KnownOutputs(Network network, Kernels kernels, int capacity, int lanes) {
        final ModelSpec spec = network.spec;
        records = new KnownRecords(network, kernels, capacity, lanes);
        head = new CausalHead(network, kernels, records.inputs(), records.order(), capacity, lanes);
        final boolean relative = spec.likelihood().window().orElseThrow().relative();
        outputs = new PixelStore[spec.channels()];
        references = relative ? new PixelStore[spec.channels()] : null;
        for (int channel = 0; channel < outputs.length; channel++) {
            outputs[channel] = new PixelStore(spec.likelihood().outputs(), spec.pixels(), capacity, lanes);
            if (relative) {
                references[channel] = new PixelStore(1, spec.pixels(), capacity, lanes);
            }
        }
    }

    /** Computes all outputs for records, as {@link KnownRecords#visit} takes them. */
    void compute(float[][] given, int[] x, int off, int count) {
        records.visit(given, x, off, count, piece -> {
            for (int channel = 0; channel < outputs.length; channel++) {
                outputs[channel].put(piece, head.forward(piece, channel));
                if (references != null) {
                    references[channel].put(piece, new float[][] {head.reference(channel)});
                }
            }
        });
    }

    /** The outputs for a channel of a piece of any order, overwritten by the next call for this channel. */
    float[][] outputs(Piece piece, int channel) {
        return outputs[channel].get(piece);
    }

    /** The levels that the means of a channel of a piece are relative to, likewise; null if they are absolute. */
    float[] reference(Piece piece, int channel) {
        return references == null ? null : references[channel].get(piece)[0];
    }
}
