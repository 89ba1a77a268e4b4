package org.bbans.codec.archive;

import java.io.IOException;
import java.util.List;
import org.bbans.codec.format.Damage;
import org.bbans.codec.wire.FormatInput;

/** Finds an archive's blocks, one after the other. */
interface BlockFeed {

    /** The next block; its payload is what {@link #input} gives next and must be read first. Null at the end. */
    BlockHeader next() throws IOException;

    /** What was found since the last call of this method: headers that are damaged, with what their blocks held. */
    default List<Damage> takeDamages() {
        return List.of();
    }

    /** Where the archive ends, known when its end has been reached; negative if nobody knows. */
    default long end() {
        return input().position();
    }

    /** Where the payload of the block last found lies. */
    FormatInput input();

    /** SHA-256 of the content, known at the end. */
    byte[] sha256();
}
