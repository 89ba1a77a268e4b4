package org.bbans.codec.block;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.Varint;

/** A model file inside an archive: behind the header, in the form of a block, but not part of the content. */
public final class EmbeddedModel {

    private static final String WHAT = "the embedded model";

    /** Bytes of memory for a byte of the file: the file itself, numbers of four bytes for two, and what packs them. */
    private static final int MEMORY = 6;

    private EmbeddedModel() {}

    /** Bytes of memory for a model whose file has so many bytes. */
    public static long memory(long fileBytes) {
        return fileBytes * MEMORY;
    }

    public static byte[] write(byte[] model, boolean xz) throws IOException {
        byte[] coded = xz ? OpaqueBlock.lzma2(model) : model;
        boolean smaller = coded.length < model.length;
        byte[] payload = smaller ? coded : model;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new BlockEntry(smaller ? BlockKind.LZMA2 : BlockKind.STORED, model.length, payload.length).write(out);
        Varint.writeInt(out, Checksums.crc32c(model));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    public static BlockEntry readEntry(FormatInput in) throws IOException {
        BlockEntry entry = BlockEntry.read(in, WHAT);
        boolean coded = entry != null
                && (entry.codec() == BlockKind.STORED || entry.codec() == BlockKind.LZMA2);
        if (!coded || entry.rawSize() > ModelReference.MAX_EMBEDDED_BYTES) {
            throw new CorruptArchiveException(WHAT + " is damaged: impossible size or codec; get another copy");
        }
        return entry;
    }

    /**
     * Reads the model file and checks it against the identity in the header.
     *
     * @param memoryLimit bytes that the model may take
     * @throws UnsupportedArchiveException if it would take more
     */
    public static ModelReference read(FormatInput in, ModelReference reference, long memoryLimit) throws IOException {
        long start = in.position();
        BlockEntry entry = readEntry(in);
        if (memory(entry.rawSize()) > memoryLimit) {
            throw new UnsupportedArchiveException(WHAT + " at offset " + start + " has " + entry.rawSize()
                    + " bytes and takes about " + (memory(entry.rawSize()) >> 20) + " MiB, the limit is "
                    + Math.max(0, memoryLimit >> 20) + " MiB: allow more with --memory");
        }
        int crc = in.readInt(WHAT);
        byte[] payload = in.readBytes(entry.payloadSize(), WHAT);
        byte[] model;
        try {
            model = OpaqueBlock.decode(entry.codec(), payload, (int) entry.rawSize());
        } catch (CorruptArchiveException e) {
            throw damaged(start, e.getMessage());
        }
        if (Checksums.crc32c(model) != crc) {
            throw damaged(start, "CRC mismatch");
        }
        if (!Arrays.equals(Checksums.sha256(model), reference.sha256())) {
            throw damaged(start, "it is not the one that the header names");
        }
        return new ModelReference(reference.name(), reference.sha256(), model);
    }

    private static CorruptArchiveException damaged(long start, String how) {
        return new CorruptArchiveException(WHAT + " at offset " + start + " is damaged: " + how + "; get another copy");
    }
}
