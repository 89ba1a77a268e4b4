package org.bbans.codec.block;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.FinishableOutputStream;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2InputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.X86Options;

/** The general-purpose fallback: raw LZMA2, if wanted behind the x86 branch filter. */
public final class Lzma2 {

    private static final int PRESET = 9;
    /** Longer than the preset's 64: the Java encoder then stays at or below the size that the C encoder reaches. */
    private static final int NICE_LENGTH = 273;
    private static final int MAX_DICTIONARY = 1 << 26;
    private static final int X86_LOOKAHEAD = 0x40;

    private Lzma2() {}

    /** The dictionary's size follows from the raw size, so that it need not be stored and small blocks need little. */
    public static int dictionary(long rawSize) {
        return (int) Math.max(LZMA2Options.DICT_SIZE_MIN, Math.min(MAX_DICTIONARY, rawSize));
    }

    /** An encoder; {@code finish} completes the payload and leaves {@code sink} open. */
    static FinishableOutputStream encoder(OutputStream sink, long rawSize, boolean x86) {
        LZMA2Options options;
        try {
            options = new LZMA2Options(PRESET);
            options.setDictSize(dictionary(rawSize));
            options.setNiceLen(NICE_LENGTH);
        } catch (UnsupportedOptionsException e) {
            throw new AssertionError(e);
        }
        FinishableOutputStream lzma = options.getOutputStream(new FinishableWrapperOutputStream(sink),
                ArrayCache.getDummyCache());
        return x86 ? new X86Options().getOutputStream(lzma, ArrayCache.getDummyCache()) : lzma;
    }

    /** Decodes what {@link #encoder} wrote for content of the same size. */
    public static InputStream decoder(InputStream payload, long rawSize, boolean x86) throws IOException {
        InputStream lzma = new LZMA2InputStream(payload, dictionary(rawSize));
        return x86 ? new X86Options().getInputStream(lzma, ArrayCache.getDummyCache()) : lzma;
    }

    /** Whether bytes begin like a program for x86, 32 or 64 bits: ELF, or DOS and Windows. */
    public static boolean looksLikeX86(byte[] head, int length) {
        if (length < X86_LOOKAHEAD) {
            return false;
        }
        if (head[0] == 'M' && head[1] == 'Z') {
            return true;
        }
        boolean elf = head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F';
        int machine = head[18] & 0xff | (head[19] & 0xff) << 8;
        return elf && (machine == 3 || machine == 62);
    }
}
