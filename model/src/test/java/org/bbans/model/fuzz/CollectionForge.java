package org.bbans.model.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.codec.wire.Varint;

/** Makes archives of a batch, right in all but the directory and its streams. */
public final class CollectionForge {

    private CollectionForge() {}

    /** Reads the directory that begins here. */
    public static byte[] directory(FormatInput in) throws IOException {
        BlockEntry entry = BlockEntry.read(in, "");
        in.readInt("");
        return OpaqueBlock.decode(entry.codec(), in.readBytes(entry.payloadSize(), ""), (int) entry.rawSize());
    }

    /**
     * An archive of files by name.
     *
     * @param directory one byte or more
     * @param streams what stands behind it
     */
    public static byte[] archive(byte[] directory, byte[] streams) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HeaderFormat.writeCollection(false));
        final int headerEnd = out.size();
        new BlockEntry(BlockKind.STORED, directory.length, directory.length).write(out);
        Varint.writeInt(out, Checksums.crc32c(directory));
        out.writeBytes(directory);
        out.writeBytes(streams);
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        end.write(0);
        end.write(1);
        Varint.write(end, out.size() - headerEnd);
        end.writeBytes(Checksums.sha256(directory));
        Varint.writeInt(end, Checksums.crc32c(end.toByteArray()));
        Varint.writeInt(end, end.size());
        out.writeBytes(end.toByteArray());
        return out.toByteArray();
    }
}
