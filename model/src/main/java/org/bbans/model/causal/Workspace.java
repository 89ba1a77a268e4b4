package org.bbans.model.causal;

import org.bbans.codec.engine.Engine;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/**
 * What one thread needs to work on groups of records: the networks and kernels, the order of pixels, how large groups
 * may be. Objects that are made for a workspace are for its thread alone.
 *
 * @param network shared by all threads
 * @param engine the engine of the distributions
 * @param kernels the engine's kernels
 * @param order in which pixels are visited
 * @param records greatest number of records in a group
 * @param lanes greatest number of lanes of a piece, a multiple of {@value Kernels#LANE_UNIT}
 */
public record Workspace(Network network, Engine engine, Kernels kernels, PixelOrder order, int records, int lanes) {

    /**
     * Makes a workspace.
     *
     * @param records greatest number of records in a group; in raster order there is room for as many as fill the lanes
     * @param fronts whether pixels are visited front by front, instead of in raster order
     */
    public static Workspace of(Network network, Engine engine, int records, boolean fronts) {
        final int lanes = Kernels.lanesFor(records);
        // What fronts keep of all pixels has no room for more records.
        return new Workspace(network, engine, Kernels.of(engine),
                fronts ? PixelOrder.fronts(network.spec) : PixelOrder.raster(network.spec), fronts ? records : lanes,
                fronts ? Lanes.MAX : lanes);
    }

    /** This workspace with another order. */
    Workspace in(PixelOrder other) {
        return new Workspace(network, engine, kernels, other, records, lanes);
    }

    /** The model's description. */
    public ModelSpec spec() {
        return network.spec;
    }

    /** The extents of a record. */
    public Grid grid() {
        return order.grid;
    }
}
