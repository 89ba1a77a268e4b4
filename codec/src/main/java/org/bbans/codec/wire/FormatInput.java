package org.bbans.codec.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import org.bbans.codec.format.CorruptArchiveException;

/** Reads fields, knows where it is, and never allocates more than has arrived. */
public final class FormatInput {

    private final InputStream in;
    private final CRC32C crc = new CRC32C();
    private long position;

    public FormatInput(InputStream in, long position) {
        this.in = in;
        this.position = position;
    }

    public long position() {
        return position;
    }

    /** Begins a new checksum with the next byte. */
    public void resetCrc() {
        crc.reset();
    }

    /** CRC-32C of the bytes since {@link #resetCrc}. */
    public int crc() {
        return (int) crc.getValue();
    }

    /** The next bytes, which stay there; fewer at the end. The stream below has to support marks. */
    public byte[] peek(int n) throws IOException {
        in.mark(n);
        byte[] bytes = in.readNBytes(n);
        in.reset();
        return bytes;
    }

    /** The next byte, or -1 at the end. */
    public int readOrEnd() throws IOException {
        int b = in.read();
        if (b >= 0) {
            position++;
            crc.update(b);
        }
        return b;
    }

    public int readByte(String what) throws IOException {
        int b = readOrEnd();
        if (b < 0) {
            throw truncated(what);
        }
        return b;
    }

    public byte[] readBytes(long n, String what) throws IOException {
        long start = position;
        byte[] bytes = in.readNBytes(Math.toIntExact(n));
        position += bytes.length;
        crc.update(bytes, 0, bytes.length);
        if (bytes.length < n) {
            throw new CorruptArchiveException(what + ", " + n + " bytes from offset " + start + ", ends after "
                    + bytes.length
                    + ": the archive is truncated; get a complete copy, or decompress with --keep-going to save"
                    + " the blocks before this place");
        }
        return bytes;
    }

    public int readInt(String what) throws IOException {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 8) {
            value |= readByte(what) << shift;
        }
        return value;
    }

    public long readVarint(String what) throws IOException {
        long start = position;
        long value = 0;
        for (int i = 0; i < Varint.MAX_BYTES; i++) {
            int b = readByte(what);
            value |= (long) (b & 0x7f) << (7 * i);
            if (b < 0x80) {
                if (b == 0 && i > 0) {
                    break;
                }
                return value;
            }
        }
        throw new CorruptArchiveException(what + " at offset " + start + " is not a number in its shortest form");
    }

    /** A view of the next {@code n} bytes; while it is in use, nothing else may read. */
    public Section section(long n) {
        return new Section(n);
    }

    CorruptArchiveException truncated(String what) {
        return new CorruptArchiveException("the archive ends at offset " + position + " inside " + what
                + ": it is truncated; get a complete copy, or decompress with --keep-going to save the blocks before"
                + " this place");
    }

    /** The next bytes of the input, up to a limit. */
    public final class Section extends InputStream {

        private long left;

        private Section(long left) {
            this.left = left;
        }

        /** Bytes of this section that were not read. */
        public long left() {
            return left;
        }

        /** Reads and forgets the rest. */
        public void skipRest() throws IOException {
            byte[] sink = new byte[8192];
            while (left > 0) {
                if (read(sink, 0, sink.length) < 0) {
                    throw new EOFException();
                }
            }
        }

        @Override
        public int read() throws IOException {
            int b = left == 0 ? -1 : readOrEnd();
            if (b >= 0) {
                left--;
            }
            return b;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (len == 0) {
                return 0;
            }
            int n = left == 0 ? -1 : in.read(b, off, (int) Math.min(len, left));
            if (n > 0) {
                left -= n;
                position += n;
                crc.update(b, off, n);
            }
            return n;
        }
    }
}
