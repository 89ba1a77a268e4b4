package org.bbans.codec.archive;

import java.io.IOException;
import org.bbans.codec.wire.FormatInput;

/** Finds an archive's blocks, one after the other. */
interface BlockFeed {

    /** The next block; its payload is what {@link #input} gives next and must be read first. Null at the end. */
    BlockHeader next() throws IOException;

    /** Where the payload of the block last found lies. */
    FormatInput input();

    /** SHA-256 of the content, known at the end. */
    byte[] sha256();
}
