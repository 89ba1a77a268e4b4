package org.bbans.codec.content;

import java.util.Optional;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;

/**
 * The binary version of CIFAR: no header, each record one label (CIFAR-10) or two (CIFAR-100) and then 3 x 32 x 32
 * bytes, plane after plane. Taken only if there are several records and every label in sight is in range.
 */
final class Cifar {

    private static final int PIXELS = 3 * 32 * 32;
    private static final int LEAST_RECORDS = 4;

    private Cifar() {}

    static Optional<Finding> parse(FileStart head) {
        Optional<Finding> ten = parse(head, "CIFAR-10", 10);
        return ten.isPresent() ? ten : parse(head, "CIFAR-100", 20, 100);
    }

    private static Optional<Finding> parse(FileStart head, String kind, int... labels) {
        int period = PIXELS + labels.length;
        if (head.length() < LEAST_RECORDS * period || head.sizeIsKnown() && head.size() % period != 0) {
            return Optional.empty();
        }
        boolean constant = true;
        for (int at = 0; at + labels.length <= head.length(); at += period) {
            for (int i = 0; i < labels.length; i++) {
                if (head.u8(at + i) >= labels[i]) {
                    return Optional.empty();
                }
                constant &= head.u8(at + i) == head.u8(i);
            }
        }
        return constant ? Optional.empty()
                : Optional.of(Finding.of(new Records(kind, 0, labels.length, Layout.UNKNOWN, new long[] {32, 32, 3},
                        SampleFormat.PLANES, true)));
    }
}
