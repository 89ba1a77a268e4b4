package org.bbans.codec.content;

import java.util.Optional;
import org.bbans.codec.format.SampleFormat;

/**
 * DICOM and the ACR-NEMA format before it, little-endian, whose pixels are not compressed. Elements have a tag of two
 * numbers, with explicit types a type of two letters, a length and a value; the pixels are the last that is looked for.
 */
final class Dicom {

    private static final int PREAMBLE = 128;
    private static final int UNDEFINED = 0xffffffff;

    private static final int TRANSFER_SYNTAX = tag(0x0002, 0x0010);
    private static final int SAMPLES_PER_PIXEL = tag(0x0028, 0x0002);
    private static final int PLANAR = tag(0x0028, 0x0006);
    private static final int FRAMES = tag(0x0028, 0x0008);
    private static final int ROWS = tag(0x0028, 0x0010);
    private static final int COLUMNS = tag(0x0028, 0x0011);
    private static final int BITS_ALLOCATED = tag(0x0028, 0x0100);
    private static final int SIGNED = tag(0x0028, 0x0103);
    private static final int PIXELS = tag(0x7fe0, 0x0010);
    private static final int ITEM = tag(0xfffe, 0xe000);
    private static final int ITEM_END = tag(0xfffe, 0xe00d);
    private static final int SEQUENCE_END = tag(0xfffe, 0xe0dd);

    private final FileStart head;
    private boolean explicit;
    private String syntax = "";
    private int channels = 1;
    private int planar;
    private long frames = 1;
    private int rows;
    private int columns;
    private int bits;
    private int signed;

    private Dicom(FileStart head) {
        this.head = head;
    }

    static Optional<Finding> parse(FileStart head) {
        boolean preamble = head.length() > PREAMBLE + 12 && head.text(PREAMBLE, 4).equals("DICM");
        // Without the preamble, the first element says how long its group is, or names the characters in use.
        boolean old = head.length() > 12 && head.u16le(0) == 0x0008
                && (head.u16le(2) == 0x0000 || head.u16le(2) == 0x0005) && head.u32le(4) < 64;
        if (!preamble && !old) {
            return Optional.empty();
        }
        Dicom dicom = new Dicom(head);
        dicom.explicit = preamble;
        return dicom.elements(preamble ? PREAMBLE + 4 : 0, preamble);
    }

    private Optional<Finding> elements(long start, boolean preamble) {
        long at = start;
        int last = 0;
        while (at + 12 <= head.length()) {
            int tag = tag(head.u16le(at), head.u16le(at + 2));
            // What follows the group that says so has the types that it said.
            if (preamble && tag >>> 16 != 0x0002) {
                explicit = !syntax.equals("1.2.840.10008.1.2");
            }
            if (Integer.compareUnsigned(tag, last) <= 0) {
                return preamble ? Optional.of(Finding.none("DICOM with elements out of order")) : Optional.empty();
            }
            last = tag;
            boolean wide = isWide(at);
            long length = length(at, wide);
            at += wide ? 12 : 8;
            if (tag == PIXELS) {
                return Optional.of(pixels(at, length));
            }
            if ((int) length == UNDEFINED) {
                at = afterItems(at);
            } else {
                element(tag, at, length);
                at += length;
            }
        }
        return preamble ? Optional.of(Finding.none("DICOM whose pixels were not found in its first "
                + head.length() + " bytes")) : Optional.empty();
    }

    private void element(int tag, long at, long length) {
        if (length < 0 || at + length > head.length()) {
            return;
        }
        if (tag == TRANSFER_SYNTAX) {
            syntax = head.text(at, (int) length).replace("\0", "").strip();
        } else if (tag == FRAMES) {
            String text = head.text(at, (int) Math.min(length, 12)).replace("\0", "").strip();
            frames = text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
        } else if (length == 2) {
            int value = head.u16le(at);
            if (tag == SAMPLES_PER_PIXEL) {
                channels = value;
            } else if (tag == PLANAR) {
                planar = value;
            } else if (tag == ROWS) {
                rows = value;
            } else if (tag == COLUMNS) {
                columns = value;
            } else if (tag == BITS_ALLOCATED) {
                bits = value;
            } else if (tag == SIGNED) {
                signed = value;
            }
        }
    }

    /** Whether the element at a place says its length in four bytes behind its type and two others. */
    private boolean isWide(long at) {
        return explicit && "OB OD OF OL OV OW SQ SV UC UN UR UT UV".contains(head.text(at + 4, 2));
    }

    private long length(long at, boolean wide) {
        return wide ? head.u32le(at + 8) : explicit ? head.u16le(at + 6) : head.u32le(at + 4);
    }

    /** Where the items of a sequence of undefined length end, which may hold such sequences. */
    private long afterItems(long start) {
        int open = 1;
        long at = start;
        while (at >= start && at + 12 <= head.length()) {
            int tag = tag(head.u16le(at), head.u16le(at + 2));
            if (tag == ITEM || tag == ITEM_END || tag == SEQUENCE_END) {
                long length = head.u32le(at + 4);
                at += 8 + (tag == ITEM && (int) length != UNDEFINED ? length : 0);
                if (tag == SEQUENCE_END && --open == 0) {
                    return at;
                }
                continue;
            }
            boolean wide = isWide(at);
            long length = length(at, wide);
            at += wide ? 12 : 8;
            if ((int) length == UNDEFINED) {
                open++;
            } else {
                at += length;
            }
        }
        return head.length();
    }

    private Finding pixels(long at, long length) {
        boolean plain = syntax.isEmpty() || syntax.equals("1.2.840.10008.1.2") || syntax.equals("1.2.840.10008.1.2.1");
        if (!plain || (int) length == UNDEFINED) {
            return Finding.none("DICOM with compressed pixels, or in transfer syntax " + syntax
                    + ": no model codes such");
        }
        if (rows == 0 || columns == 0 || frames == 0 || channels == 0 || bits != 8 && bits != 16 || signed > 1
                || planar > 1) {
            return Finding.none("DICOM of " + frames + " x " + rows + " x " + columns + " pixels of " + channels
                    + " samples with " + bits + " bits: no model codes such");
        }
        long bytes = Records.product(frames, rows, columns, channels, bits / 8);
        if (bytes > length || !head.mayHaveAtLeast(at + bytes)) {
            return Finding.none("DICOM that announces " + bytes + " bytes of pixels and has fewer");
        }
        boolean planes = channels > 1 && planar == 1;
        SampleFormat format = bits == 16
                ? new SampleFormat.Words(false, signed == 1, planes, SampleFormat.Words.MAX_LEVELS)
                : planes ? SampleFormat.PLANES : signed == 1 ? SampleFormat.I8 : SampleFormat.U8;
        return Finding.of(new Records("DICOM", at, 0, frames, channels == 1 ? new long[] {rows, columns}
                : new long[] {rows, columns, channels}, format, true));
    }

    private static int tag(int group, int element) {
        return group << 16 | element;
    }
}
