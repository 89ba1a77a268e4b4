package org.bbans.model.image;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * The sizes of an image model, and how much work it does for a sample.
 *
 * @param hidden units of a hidden layer, 16 to 256, a multiple of 16
 * @param logistics logistics in the mixture that a sample gets, 2 to 8, even
 * @param contexts contexts of exact values, 1 to 6
 * @param windows least-squares predictions with weights that fall differently, 1 or 2
 * @param far how many of the neighbours at a distance of two least squares predict from, 2 to 6; with fewer than 6 they
 *     do not look at planes that are coded later
 * @param interval of so many batches the networks learn from one, 1 to 16
 */
public record ImageShape(int hidden, int logistics, int contexts, int windows, int far, int interval) {

    /** Greatest number of logistics. */
    static final int MAX_LOGISTICS = 8;
    /** Greatest number of neighbours at a distance of two. */
    static final int MAX_FAR = 6;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one of them is out of range
     */
    public ImageShape {
        check("hidden", hidden, ImageKernels.UNIT, 256, ImageKernels.UNIT);
        check("logistics", logistics, 2, MAX_LOGISTICS, 2);
        check("contexts", contexts, 1, DecisionCoder.MAX_CONTEXTS, 1);
        check("windows", windows, 1, 2, 1);
        check("far", far, 2, MAX_FAR, 1);
        check("interval", interval, 1, 16, 1);
    }

    private static void check(String name, int value, int low, int high, int unit) {
        if (value < low || value > high || value % unit != 0) {
            throw new IllegalArgumentException(name + " must be " + low + " to " + high
                    + (unit == 1 ? "" : ", a multiple of " + unit));
        }
    }

    /** The sizes of a model that does all that can be done, with so many hidden units, contexts and windows. */
    public static ImageShape full(int hidden, int contexts, int windows) {
        return new ImageShape(hidden, MAX_LOGISTICS, contexts, windows, MAX_FAR, 1);
    }

    /** Reads the sizes from a model file's metadata; those that may be missing are those of {@link #full}. */
    static ImageShape read(Map<String, String> metadata) throws CorruptArchiveException {
        try {
            return new ImageShape(integer(metadata, "hidden", ""), integer(metadata, "logistics", "8"),
                    integer(metadata, "contexts", ""), integer(metadata, "windows", ""), integer(metadata, "far", "6"),
                    integer(metadata, "interval", "1"));
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException("model file: " + e.getMessage());
        }
    }

    private static int integer(Map<String, String> metadata, String key, String missing) {
        final String text = metadata.getOrDefault(key, missing);
        if (!text.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException(key + " must be a number of one to four digits");
        }
        return Integer.parseInt(text);
    }

    /** All sizes by their names. */
    public Map<String, Integer> sizes() {
        final Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("hidden", hidden);
        sizes.put("logistics", logistics);
        sizes.put("contexts", contexts);
        sizes.put("windows", windows);
        sizes.put("far", far);
        sizes.put("interval", interval);
        return sizes;
    }

    /** The sizes, for people. */
    public String describe() {
        return sizes().entrySet().stream().map(size -> size.getKey() + " " + size.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Adds the sizes to a model file's metadata. */
    void write(Map<String, String> metadata) {
        metadata.put("hidden", Integer.toString(hidden));
        metadata.put("contexts", Integer.toString(contexts));
        metadata.put("windows", Integer.toString(windows));
        if (logistics != MAX_LOGISTICS) {
            metadata.put("logistics", Integer.toString(logistics));
        }
        if (far != MAX_FAR) {
            metadata.put("far", Integer.toString(far));
        }
        if (interval != 1) {
            metadata.put("interval", Integer.toString(interval));
        }
    }

    /** Numbers that a network gives: logits, means, scales. */
    int outputs() {
        return 3 * logistics;
    }

    /** Outputs, filled up to whole vectors. */
    int paddedOutputs() {
        return (outputs() + ImageKernels.UNIT - 1) / ImageKernels.UNIT * ImageKernels.UNIT;
    }
}
