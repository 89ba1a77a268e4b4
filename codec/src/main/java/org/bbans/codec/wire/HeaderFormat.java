package org.bbans.codec.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.NotAnArchiveException;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.format.Wrapping;

/** The archive's first bytes: magic, version, flags, what the flags announce, and a CRC-32C of all that. */
public final class HeaderFormat {

    private static final byte[] MAGIC = {(byte) 0xbb, 'B', 'A'};
    private static final int HAS_LAYOUT = 1;
    private static final int HAS_MODEL = 2;
    private static final int HAS_EMBEDDED_MODEL = 4;
    private static final int HAS_WRAPPING = 8;
    private static final int UNORDERED = 32;
    private static final int FLAGS = HAS_LAYOUT | HAS_MODEL | HAS_EMBEDDED_MODEL | HAS_WRAPPING | UNORDERED;
    private static final int COLLECTION = 16;
    /** With {@link #COLLECTION}: of a single content, which has no name. */
    private static final int NAMELESS = 64;
    private static final int MAX_RANK = 4;
    /** The code of samples of two bytes, with what is added to it. */
    private static final int WORDS = 8;
    private static final int BIG_ENDIAN = 1;
    private static final int SIGNED = 2;
    private static final int PLANAR = 4;

    private HeaderFormat() {}

    /** What the header says, and whether an embedded model follows it. */
    public record Parsed(ArchiveHeader header, boolean embedsModel) {}

    /** Whether an archive of any version may begin with these bytes. */
    public static boolean hasMagic(byte[] start) {
        return start.length >= MAGIC.length && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Whether an archive may begin with these bytes. */
    public static boolean begins(byte[] start) {
        return start.length > MAGIC.length && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                && start[MAGIC.length] == ArchiveHeader.VERSION;
    }

    /** Whether an archive of files by name may begin with these bytes. */
    public static boolean beginsCollection(byte[] start) {
        return begins(start) && start.length > MAGIC.length + 1 && start[MAGIC.length + 1] == COLLECTION;
    }

    /** Whether an archive of a content in segments may begin with these bytes. */
    public static boolean beginsNameless(byte[] start) {
        return begins(start) && start.length > MAGIC.length + 1 && start[MAGIC.length + 1] == (COLLECTION | NAMELESS);
    }

    /**
     * The header of a collection, which says nothing more.
     *
     * @param nameless whether it holds a single content in segments
     */
    public static byte[] writeCollection(boolean nameless) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        out.write(ArchiveHeader.VERSION);
        out.write(nameless ? COLLECTION | NAMELESS : COLLECTION);
        Varint.writeInt(out, Checksums.crc32c(out.toByteArray()));
        return out.toByteArray();
    }

    /**
     * Reads the header of a collection.
     *
     * @return whether it holds a single content in segments
     */
    public static boolean readCollection(FormatInput in) throws IOException {
        in.resetCrc();
        int flags = readStart(in);
        int computed = in.crc();
        if (in.readInt("the header's checksum") != computed) {
            throw damaged("its CRC does not match");
        }
        if ((flags & ~NAMELESS) != COLLECTION) {
            throw new UnsupportedArchiveException("the archive holds a single content, not files by name");
        }
        return flags != COLLECTION;
    }

    public static byte[] write(ArchiveHeader header, boolean embedsModel) {
        Layout layout = header.layout();
        ModelReference model = header.model();
        Wrapping wrapping = header.wrapping();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        out.write(ArchiveHeader.VERSION);
        out.write((layout.isOpaque() ? 0 : HAS_LAYOUT) | (model == null ? 0 : HAS_MODEL)
                | (embedsModel ? HAS_EMBEDDED_MODEL : 0) | (wrapping == null ? 0 : HAS_WRAPPING)
                | (layout.unordered() ? UNORDERED : 0));
        if (!layout.isOpaque()) {
            writeLayout(out, layout);
        }
        if (model != null) {
            byte[] name = checkedName(model.name());
            out.write(name.length);
            out.writeBytes(name);
            out.writeBytes(model.sha256());
        }
        if (wrapping != null) {
            out.write(wrapping.kind());
            Varint.write(out, wrapping.size());
            Varint.writeInt(out, wrapping.crc());
            Varint.write(out, wrapping.data().length);
            out.writeBytes(wrapping.data());
        }
        Varint.writeInt(out, Checksums.crc32c(out.toByteArray()));
        return out.toByteArray();
    }

    private static void writeLayout(ByteArrayOutputStream out, Layout layout) {
        Varint.write(out, layout.leading());
        out.write(layout.prefix());
        SampleFormat format = layout.format();
        if (format instanceof SampleFormat.U8) {
            out.write(0);
        } else if (format instanceof SampleFormat.TwoValued two) {
            out.write(1);
            out.write(two.lo());
            out.write(two.hi());
        } else if (format instanceof SampleFormat.Bits bits) {
            out.write(bits.isInverted() ? 5 : 2);
        } else if (format instanceof SampleFormat.BitRows rows) {
            out.write(rows.isInverted() ? 6 : 3);
        } else if (format instanceof SampleFormat.I8) {
            out.write(7);
        } else if (format instanceof SampleFormat.Words words) {
            out.write(WORDS | (words.isBigEndian() ? BIG_ENDIAN : 0) | (words.isSigned() ? SIGNED : 0)
                    | (words.isPlanar() ? PLANAR : 0));
            out.write(words.levels() - 1);
            out.write(words.levels() - 1 >> Byte.SIZE);
        } else if (format instanceof SampleFormat.Planes) {
            out.write(4);
        } else {
            throw new AssertionError(format + " has no code");
        }
        int[] shape = layout.shape();
        out.write(shape.length);
        for (int extent : shape) {
            Varint.write(out, extent);
        }
        Varint.write(out, layout.count() + 1);
    }

    /** Reads magic, version and flags; returns the latter. */
    private static int readStart(FormatInput in) throws IOException {
        readMagic(in);
        int version = in.readByte("the header");
        if (version != ArchiveHeader.VERSION) {
            throw version == 0 ? damaged("version 0 does not exist")
                    : new UnsupportedArchiveException("the archive has format version " + version
                            + "; this program reads version " + ArchiveHeader.VERSION + ": use a newer one");
        }
        return in.readByte("the header");
    }

    public static Parsed read(FormatInput in) throws IOException {
        in.resetCrc();
        int flags = readStart(in);
        if (flags == COLLECTION) {
            throw new UnsupportedArchiveException("the archive holds files by name, not a single content: 'bbans "
                    + "decompress' and 'bbans extract' restore them from a file of their own");
        }
        if (flags == (COLLECTION | NAMELESS)) {
            throw new UnsupportedArchiveException("the archive holds a content in segments, which cannot be read by "
                    + "records: 'bbans decompress' restores it from a file of its own");
        }
        boolean model = (flags & HAS_MODEL) != 0;
        boolean embedded = (flags & HAS_EMBEDDED_MODEL) != 0;
        boolean unordered = (flags & UNORDERED) != 0;
        if ((flags & ~FLAGS) != 0 || (model || unordered) && (flags & HAS_LAYOUT) == 0 || embedded && !model
                || unordered && (flags & HAS_WRAPPING) != 0) {
            throw damaged("reserved or contradicting flags 0x" + Integer.toHexString(flags));
        }
        RawLayout layout = (flags & HAS_LAYOUT) == 0 ? null : readLayout(in);
        byte[] name = model ? in.readBytes(in.readByte("the model's name"), "the model's name") : null;
        byte[] sha256 = model ? in.readBytes(Checksums.SHA256_BYTES, "the model's SHA-256") : null;
        Wrapping wrapping = (flags & HAS_WRAPPING) == 0 ? null : readWrapping(in);
        int computed = in.crc();
        if (in.readInt("the header's checksum") != computed) {
            throw damaged("its CRC does not match");
        }
        return new Parsed(
                new ArchiveHeader(ArchiveHeader.VERSION, layout == null ? Layout.NONE : layout.checked(unordered),
                        model ? new ModelReference(decodedName(name), sha256, null) : null, wrapping),
                embedded);
    }

    private static void readMagic(FormatInput in) throws IOException {
        byte[] found = new byte[MAGIC.length];
        for (int i = 0; i < MAGIC.length; i++) {
            int b = in.readOrEnd();
            if (b < 0 && i == 0) {
                throw new NotAnArchiveException("the input is empty, not a bbans archive: get another copy");
            }
            if (b < 0) {
                throw in.truncated("the header");
            }
            found[i] = (byte) b;
            if (found[i] != MAGIC[i]) {
                throw new NotAnArchiveException("not a bbans archive: it begins with "
                        + HexFormat.ofDelimiter(" ").formatHex(found, 0, i + 1) + ", an archive with "
                        + HexFormat.ofDelimiter(" ").formatHex(MAGIC));
            }
        }
    }

    /** The layout's fields as they were read; judged only when the header's CRC is known to be right. */
    private record RawLayout(long leading, int prefix, SampleFormat format, long[] shape, long count, String fault) {

        Layout checked(boolean unordered) throws CorruptArchiveException {
            int[] extents = new int[shape.length];
            try {
                if (fault != null) {
                    throw new IllegalArgumentException(fault);
                }
                for (int i = 0; i < extents.length; i++) {
                    extents[i] = Math.toIntExact(shape[i]);
                }
                return new Layout(leading, prefix, extents, format, count, unordered);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw damaged("impossible layout (" + e.getMessage() + ")");
            }
        }
    }

    private static RawLayout readLayout(FormatInput in) throws IOException {
        String what = "the layout";
        long leading = in.readVarint(what);
        int prefix = in.readByte(what);
        int code = in.readByte(what);
        SampleFormat format = null;
        String fault = null;
        switch (code) {
            case 0 -> format = SampleFormat.U8;
            case 1 -> {
                int lo = in.readByte(what);
                int hi = in.readByte(what);
                if (lo == hi) {
                    fault = "two equal values";
                } else {
                    format = new SampleFormat.TwoValued(lo, hi);
                }
            }
            case 2 -> format = SampleFormat.BITS;
            case 3 -> format = SampleFormat.BIT_ROWS;
            case 4 -> format = SampleFormat.PLANES;
            case 5 -> format = SampleFormat.BITS.inverted();
            case 6 -> format = SampleFormat.BIT_ROWS.inverted();
            case 7 -> format = SampleFormat.I8;
            default -> {
                if ((code & WORDS) == 0 || code >= 2 * WORDS) {
                    throw damaged("unknown sample format " + code);
                }
                int highest = in.readByte(what) | in.readByte(what) << Byte.SIZE;
                if (highest == 0) {
                    fault = "one level";
                } else {
                    format = new SampleFormat.Words((code & BIG_ENDIAN) != 0, (code & SIGNED) != 0,
                            (code & PLANAR) != 0, highest + 1);
                }
            }
        }
        int rank = in.readByte(what);
        if (rank < 1 || rank > MAX_RANK) {
            throw damaged("records of rank " + rank);
        }
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) {
            shape[i] = in.readVarint(what);
        }
        return new RawLayout(leading, prefix, format, shape, in.readVarint(what) - 1, fault);
    }

    private static Wrapping readWrapping(FormatInput in) throws IOException {
        int kind = in.readByte("the wrapping");
        long size = in.readVarint("the wrapping");
        int crc = in.readInt("the wrapping");
        long length = in.readVarint("the wrapping");
        if (length > Wrapping.MAX_BYTES) {
            throw damaged("wrapping of " + length + " bytes");
        }
        return new Wrapping(kind, size, crc, in.readBytes(length, "the wrapping"));
    }

    /** Names are printed on terminals: no control characters may get there through an archive. */
    private static byte[] checkedName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 255 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("model name longer than 255 bytes or with control characters");
        }
        return bytes;
    }

    private static String decodedName(byte[] bytes) throws CorruptArchiveException {
        try {
            String name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            checkedName(name);
            return name;
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw damaged("the model's name is not printable UTF-8");
        }
    }

    private static CorruptArchiveException damaged(String how) {
        return new CorruptArchiveException("the header is damaged: " + how
                + "; nothing can be read without it, get another copy");
    }
}
