package org.bbans.codec.format;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The model that an archive's blocks are coded with.
 *
 * @param name for people, at most 255 bytes of UTF-8
 * @param sha256 identity of the model file, 32 bytes
 * @param embedded the model file itself, or null if the archive does not hold it
 */
public record ModelReference(String name, byte[] sha256, byte[] embedded) {

    /** Bytes of a model file inside of an archive. */
    public static final int MAX_EMBEDDED_BYTES = 1 << 28;

    /** Checks the identity's length. */
    public ModelReference {
        Objects.requireNonNull(name);
        if (sha256.length != 32) {
            throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + sha256.length);
        }
    }

    /** The identity's first 16 hexadecimal digits. */
    public String shortHash() {
        return HexFormat.of().formatHex(sha256, 0, 8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModelReference that && name.equals(that.name) && Arrays.equals(sha256, that.sha256)
                && Arrays.equals(embedded, that.embedded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sha256);
    }

    @Override
    public String toString() {
        return "model \"" + name + "\" (SHA-256 " + shortHash() + "...)";
    }
}
