package org.bbans.codec.archive;

import java.io.IOException;
import java.util.List;
import org.bbans.codec.format.Damage;
import org.bbans.codec.wire.FormatInput;

/** Finds an archive's blocks, one after the other. */
interface BlockFeed {

    /** The next block; its payload is what {@link #input} gives next and must be read first. Null at the end. */
    BlockHeader next() throws IOException;

    /**
     * What was found since the last call of this method that costs no content: numbers in a block's header that the
     * index contradicts.
     */
    default List<Damage> takeContradictions() {
        return List.of();
    }

    /** Where the payload of the block last found lies. */
    FormatInput input();

    /** SHA-256 of the content, known at the end. */
    byte[] sha256();
}
