package org.bbans.model.chain;

import java.util.Optional;
import org.bbans.codec.engine.Engine;
import org.bbans.model.causal.Grid;

/** What {@link RecordChain} must know of a model to code records with it. Immutable, shared by threads. */
public interface RecordModel {

    /** Samples in a record. */
    int dims();

    /** Values that a sample can take. */
    int levels();

    /** Numbers of latents in the layers, that of the top layer first; none for a model without latents. */
    int[] layers();

    /** Multiply-adds for one record. */
    long multiplyAdds();

    /** Greatest number of steps that time may be cut into; 0 for a model without time. */
    default int mostSteps() {
        return 0;
    }

    /** Number of steps that it cuts time into when it encodes; 0 for a model without time. */
    default int steps() {
        return 0;
    }

    /**
     * This model with another number of steps, sharing its weights.
     *
     * @throws IllegalArgumentException if it is not 1 to {@link #mostSteps}, or if the model has no time
     */
    default RecordModel withSteps(int steps) {
        throw new IllegalArgumentException("the model has no time that could be cut into steps");
    }

    /** Whether it can learn while it codes, in raster order. */
    default boolean learns() {
        return false;
    }

    /** The raster of records that may be coded turned; empty for a model without one. */
    default Optional<Grid> raster() {
        return Optional.empty();
    }

    /** How many records are best coded in lockstep. */
    int bestLanes();

    /** Greatest number of records that may be coded in lockstep. */
    int mostLanes();

    /** Symbols of one record that are coded together: each may have a head of the stack of its own. */
    int symbolsAtOnce();

    /** Whether so many records in lockstep may be coded front by front. */
    boolean allowsFronts(int lanes);

    /** Bytes of memory that a workspace for so many records takes at most. */
    long memory(int records);

    /**
     * Makes a workspace for one thread.
     *
     * @param records greatest number of records in a group
     * @param fronts whether pixels are coded front by front
     */
    GroupModel groups(Engine engine, int records, boolean fronts);
}
