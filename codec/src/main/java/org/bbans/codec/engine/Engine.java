package org.bbans.codec.engine;

/** How the inner loops are computed. Both engines give the same bits. */
public enum Engine {
    /** Plain loops. */
    SCALAR,
    /** The Vector API. */
    VECTOR
}
