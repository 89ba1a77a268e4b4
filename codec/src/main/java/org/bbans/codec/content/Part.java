package org.bbans.codec.content;

/**
 * A stretch of a content.
 *
 * @param kind what its bytes are
 * @param length bytes of it, at least 1
 * @param raster which raster of the {@link Anatomy} these are the next bytes of; -1 for other kinds
 */
public record Part(PartKind kind, long length, int raster) {

    /** What the bytes of a stretch are. */
    public enum PartKind {
        /** Bytes of which nothing more is known. */
        OPAQUE,
        /** The next bytes of a raster, which may lie in several stretches. */
        RASTER,
        /** A content of its own, to be looked at in turn, such as a file in a tar. */
        CONTENT,
        /** A DEFLATE stream (RFC 1951) without any header; what it inflates to is a content of its own. */
        DEFLATED
    }

    /** Checks the ranges. */
    public Part {
        if (length < 1 || kind == PartKind.RASTER != raster >= 0) {
            throw new IllegalArgumentException(kind + " of " + length + " bytes, raster " + raster);
        }
    }

    /** Bytes of which nothing more is known. */
    public static Part opaque(long length) {
        return new Part(PartKind.OPAQUE, length, -1);
    }

    /** The next bytes of a raster. */
    public static Part raster(long length, int raster) {
        return new Part(PartKind.RASTER, length, raster);
    }

    /** A content of its own. */
    public static Part content(long length) {
        return new Part(PartKind.CONTENT, length, -1);
    }

    /** A DEFLATE stream. */
    public static Part deflated(long length) {
        return new Part(PartKind.DEFLATED, length, -1);
    }
}
