package org.bbans.codec.engine;

import jdk.incubator.vector.FloatVector;

/** Asks the Vector API for its preferred width; loaded only where the module is present. */
final class VectorProbe {

    private VectorProbe() {}

    static int floatBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
}
