package org.bbans.codec.content;

import java.util.List;

/**
 * What a content is made of: stretches that follow one another from its first byte to its last, and the rasters that
 * some of them belong to. The stretches of a raster, one after the other, are its records, without anything in front
 * or behind.
 *
 * @param kind the file format's name, for people
 * @param parts the stretches, in the content's order
 * @param rasters what {@link Part#raster()} counts; leading bytes 0 and a known count
 */
public record Anatomy(String kind, List<Part> parts, List<Records> rasters) {

    /** Stretches that a content may be cut into. */
    public static final int MAX_PARTS = 1 << 20;

    /** Copies the lists. */
    public Anatomy {
        parts = List.copyOf(parts);
        rasters = List.copyOf(rasters);
    }

    /** Bytes of the content. */
    public long size() {
        return parts.stream().mapToLong(Part::length).sum();
    }
}
