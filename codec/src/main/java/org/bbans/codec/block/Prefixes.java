package org.bbans.codec.block;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.Varint;

/**
 * The bytes before the samples of a block's records, column by column, at the beginning of its payload: one byte says
 * whether they are stored or LZMA2, and in the latter case their coded size follows. Of no bytes there is nothing.
 */
final class Prefixes {

    private static final String WHAT = "the records' prefixes";

    private Prefixes() {}

    static void write(ByteArrayOutputStream out, byte[] prefixes, boolean xz) throws IOException {
        if (prefixes.length == 0) {
            return;
        }
        byte[] coded = xz ? OpaqueBlock.lzma2(prefixes) : null;
        boolean smaller = coded != null && coded.length < prefixes.length;
        out.write(smaller ? BlockKind.LZMA2.ordinal() : BlockKind.STORED.ordinal());
        if (smaller) {
            Varint.write(out, coded.length);
        }
        out.writeBytes(smaller ? coded : prefixes);
    }

    static byte[] read(FormatInput in, int size) throws IOException {
        if (size == 0) {
            return new byte[0];
        }
        int codec = in.readByte(WHAT);
        if (codec == BlockKind.STORED.ordinal()) {
            return in.readBytes(size, WHAT);
        }
        long coded = in.readVarint(WHAT);
        if (codec != BlockKind.LZMA2.ordinal() || coded >= size) {
            throw new CorruptArchiveException(WHAT + " are damaged");
        }
        return OpaqueBlock.decode(BlockKind.LZMA2, in.readBytes(coded, WHAT), size);
    }
}
