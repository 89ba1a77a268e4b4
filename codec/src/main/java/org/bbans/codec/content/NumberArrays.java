package org.bbans.codec.content;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bbans.codec.content.number.NumberArray;

/** Finds the numbers of several bytes in files that are one array of them: NPY, NIfTI, FITS and PFM. */
final class NumberArrays {

    private static final Pattern PFM = Pattern.compile("P([fF])\\s(\\d{1,9})\\s(\\d{1,9})\\s(-?)[0-9.eE+-]{1,30}\\s");
    private static final int PFM_HEADER = 100;
    private static final int FITS_BLOCK = 2880;
    private static final int FITS_CARD = 80;
    private static final int FITS_AXES = 6;

    private NumberArrays() {}

    static Optional<NumberArray> find(FileStart head) {
        return Npy.numbers(head).or(() -> Nifti.numbers(head)).or(() -> pfm(head)).or(() -> fits(head))
                // NIfTI-2 may say any number of 64 bits.
                .filter(array -> array.from() >= 0 && array.from() <= head.length());
    }

    /** Portable float map: grey or colour, rows from below. */
    private static Optional<NumberArray> pfm(FileStart head) {
        if (!head.startsWith("PF") && !head.startsWith("Pf")) {
            return Optional.empty();
        }
        Matcher text = PFM.matcher(head.text(0, Math.min(PFM_HEADER, head.length())));
        if (!text.lookingAt()) {
            return Optional.empty();
        }
        long width = Long.parseLong(text.group(2));
        long height = Long.parseLong(text.group(3));
        return Optional.of(new NumberArray('f', Float.BYTES, text.group(4).isEmpty(),
                text.group(1).equals("F") ? new long[] {height, width, 3} : new long[] {height, width}, text.end()));
    }

    /** The first array of a FITS file, by the cards that have to stand first in its header. */
    private static Optional<NumberArray> fits(FileStart head) {
        if (!head.startsWith("SIMPLE  =") || head.length() < FITS_BLOCK) {
            return Optional.empty();
        }
        int end = 0;
        while (end + FITS_CARD <= head.length() && !head.text(end, FITS_CARD).startsWith("END ")) {
            end += FITS_CARD;
        }
        int bits = card(head, 1, "BITPIX");
        int axes = card(head, 2, "NAXIS");
        if (end + FITS_CARD > head.length() || axes < 1 || axes > FITS_AXES || Math.abs(bits) < 32) {
            return Optional.empty();
        }
        long[] extents = new long[axes];
        for (int i = 0; i < axes; i++) {
            extents[axes - 1 - i] = card(head, 3 + i, "NAXIS" + (i + 1));
        }
        return Optional.of(new NumberArray(bits < 0 ? 'f' : 'i', Math.abs(bits) / Byte.SIZE, true, extents,
                (end / FITS_BLOCK + 1) * FITS_BLOCK)).filter(array -> array.bytes() == 4 || array.bytes() == 8);
    }

    /** The integer of a card; -1 if it is another card. */
    private static int card(FileStart head, int number, String key) {
        String card = head.text(number * FITS_CARD, FITS_CARD);
        String value = card.substring(10).split("/", 2)[0].strip();
        return card.startsWith(key) && card.charAt(8) == '=' && value.matches("-?\\d{1,9}") ? Integer.parseInt(value)
                : -1;
    }
}
