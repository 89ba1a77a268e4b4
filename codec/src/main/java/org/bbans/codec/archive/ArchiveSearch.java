package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * Where archives begin in a file whose indexes are damaged. What has been looked at for one archive of many in a row is
 * not looked at again for each of the next ones.
 */
final class ArchiveSearch {

    private static final int FIRST_CHUNK = 1 << 9;
    private static final int CHUNK = 1 << 16;
    /** Bytes that are looked at beyond the archives in hand, all together, as files of this size. */
    private static final long MAX_BEYOND = 16;
    /** Bytes of content that are decoded for nothing but to see whether there is a block. */
    private static final long MAX_TRIED = 1 << 30;

    private final SeekableByteChannel channel;
    private final long fileSize;
    /** Bytes that may still be read of what only begins as a header does, and beyond archives in hand. */
    private long headers;
    private long beyond;
    private long tried;
    /** The first archive that begins behind the one place; -1 if there is none. */
    private long behind = Long.MAX_VALUE;
    private long found;

    ArchiveSearch(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        fileSize = channel.size();
        headers = MAX_BEYOND * (fileSize + CHUNK);
        beyond = headers;
    }

    /** Bytes of the file. */
    long fileSize() {
        return fileSize;
    }

    /** Where the first archive begins behind a place; -1 if none is found. */
    long nextArchive(long place) throws IOException {
        if (place < behind || found >= 0 && found <= place) {
            found = search(place);
            behind = place;
        }
        return found;
    }

    private long search(long place) throws IOException {
        // Most often it is near: archives of a few bytes are no reason to read many.
        int size = FIRST_CHUNK / 2;
        for (long from = place + 1; from < fileSize; from += size) {
            size = Math.min(2 * size, CHUNK);
            byte[] chunk = new byte[size + ArchiveInfo.START_BYTES];
            int n = fill(from, chunk);
            for (int i = 0; i < Math.min(n, size); i++) {
                if (HeaderFormat.begins(Arrays.copyOfRange(chunk, i, Math.min(n, i + ArchiveInfo.START_BYTES)))
                        && hasHeader(from + i)) {
                    return from + i;
                }
            }
        }
        return -1;
    }

    private boolean hasHeader(long place) throws IOException {
        if (headers < 0) {
            return false;
        }
        FormatInput in = at(place);
        try {
            HeaderFormat.read(in);
            return true;
        } catch (FormatException e) {
            // A chance.
            headers -= in.position() - place;
            return false;
        }
    }

    /** Whether blocks of an archive may be searched for behind the beginning of another one, which may lie in it. */
    boolean mayGoBeyond(long bytes) {
        beyond -= bytes;
        return beyond >= 0;
    }

    /** Whether so much may be decoded only to see whether there is a block. */
    boolean mayTry(long bytes) {
        tried = Math.min(tried, MAX_TRIED) + bytes;
        return tried <= MAX_TRIED;
    }

    /** Reads at a place until an array is full or the file ends; returns the number of bytes. */
    int fill(long at, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        channel.position(at);
        int n = 0;
        while (buffer.hasRemaining() && n >= 0) {
            n = channel.read(buffer);
        }
        return buffer.position();
    }

    /** Reads from a place on. */
    FormatInput at(long offset) throws IOException {
        channel.position(offset);
        return new FormatInput(new BufferedInputStream(Channels.newInputStream(channel)), offset);
    }
}
