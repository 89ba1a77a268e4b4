package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * An archive's summary, from its header and index alone.
 *
 * @param header what the archive says before its first block; an embedded model is not read
 * @param embeddedModelSize bytes of the embedded model file, or 0
 * @param blocks all blocks, in order
 * @param contentSize bytes of content
 * @param fileSize bytes of the archive
 * @param sha256 of the content
 */
public record ArchiveInfo(ArchiveHeader header, long embeddedModelSize, List<BlockInfo> blocks, long contentSize,
        long fileSize, byte[] sha256) {

    /** Bytes by which {@link #isArchive(byte[])} knows an archive: magic and version. */
    public static final int START_BYTES = 4;

    /** Records in the content. */
    public long records() {
        return header.layout().records(contentSize);
    }

    /**
     * Whether a file begins as archives do.
     *
     * @throws IOException if the file cannot be read
     */
    public static boolean isArchive(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return isArchive(in.readNBytes(START_BYTES));
        }
    }

    /** Whether archives begin with these bytes, {@link #START_BYTES} or more. */
    public static boolean isArchive(byte[] start) {
        return HeaderFormat.begins(start);
    }

    /**
     * Reads header and index.
     *
     * @throws FormatException if they are damaged or not understood
     * @throws IOException if the file cannot be read
     */
    public static ArchiveInfo read(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel);
        }
    }

    static ArchiveInfo read(SeekableByteChannel channel) throws IOException {
        long fileSize = channel.size();
        FormatInput in = at(channel, 0);
        HeaderFormat.Parsed parsed = HeaderFormat.read(in);
        long firstBlock = in.position();
        long modelSize = 0;
        if (parsed.embedsModel()) {
            BlockEntry model = EmbeddedModel.readEntry(in);
            modelSize = model.rawSize();
            firstBlock = in.position() + Integer.BYTES + model.payloadSize();
        }
        long sizeOffset = fileSize - Integer.BYTES;
        long indexSize = sizeOffset < firstBlock ? 0
                : Integer.toUnsignedLong(at(channel, sizeOffset).readInt("the index"));
        long start = sizeOffset - indexSize;
        if (indexSize < ArchiveIndex.MIN_BYTES || indexSize > Integer.MAX_VALUE - 8 || start < firstBlock) {
            throw new CorruptArchiveException("the last four bytes, at offset " + Math.max(0, sizeOffset)
                    + ", lead to no index: the archive is truncated or other bytes follow it; get a complete copy, or"
                    + " decompress with --keep-going to save what is there");
        }
        byte[] bytes = at(channel, start).readBytes(indexSize, "the index");
        ArchiveIndex index = ArchiveIndex.parse(bytes, start, parsed.header(), firstBlock);
        long contentSize = index.blocks().stream().mapToLong(BlockInfo::rawSize).sum();
        return new ArchiveInfo(parsed.header(), modelSize, List.copyOf(index.blocks()), contentSize, fileSize,
                index.sha256());
    }

    private static FormatInput at(SeekableByteChannel channel, long offset) throws IOException {
        channel.position(offset);
        return new FormatInput(new BufferedInputStream(Channels.newInputStream(channel)), offset);
    }
}
