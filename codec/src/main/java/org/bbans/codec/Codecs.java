package org.bbans.codec;

import org.bbans.codec.ans.AnsStack;

/** Codecs made of codecs. Each keeps the contract of {@link Codec} if its parts do. */
public final class Codecs {

    private Codecs() {}

    /** A one-to-one mapping of arrays of integers, in place. */
    public interface Bijection {

        /** Replaces {@code x[off .. off + n)} by its image. */
        void apply(int[] x, int off, int n);

        /** Undoes {@link #apply}. */
        void invert(int[] x, int off, int n);
    }

    /** Independent symbols: those of the first codec, then those of the second, and so on; popped in that order. */
    public static Codec serial(Codec... parts) {
        return new Serial(parts.clone());
    }

    /**
     * Two parts of which the second depends on the first: p(a) p(b | a), a's symbols before b's; popped in that order.
     *
     * @param size number of symbols of the second part
     */
    public static Codec given(Codec first, int size, Conditional second) {
        return new Given(first, size, second);
    }

    /** Codes x as {@code codec} codes the image of x. Not safe for use by several threads. */
    public static Codec map(Bijection bijection, Codec codec) {
        return new Mapped(bijection, codec);
    }

    private record Serial(Codec[] parts) implements Codec {

        @Override
        public int size() {
            int size = 0;
            for (Codec part : parts) {
                size += part.size();
            }
            return size;
        }

        @Override
        public void push(AnsStack stack, int[] x, int off) {
            int at = off + size();
            for (int i = parts.length - 1; i >= 0; i--) {
                at -= parts[i].size();
                parts[i].push(stack, x, at);
            }
        }

        @Override
        public void pop(AnsStack stack, int[] x, int off) {
            int at = off;
            for (Codec part : parts) {
                part.pop(stack, x, at);
                at += part.size();
            }
        }
    }

    private record Given(Codec first, int rest, Conditional second) implements Codec {

        @Override
        public int size() {
            return first.size() + rest;
        }

        @Override
        public void push(AnsStack stack, int[] x, int off) {
            second.given(x, off).push(stack, x, off + first.size());
            first.push(stack, x, off);
        }

        @Override
        public void pop(AnsStack stack, int[] x, int off) {
            first.pop(stack, x, off);
            second.given(x, off).pop(stack, x, off + first.size());
        }
    }

    private record Mapped(Bijection bijection, Codec codec, int[] image) implements Codec {

        Mapped(Bijection bijection, Codec codec) {
            this(bijection, codec, new int[codec.size()]);
        }

        @Override
        public int size() {
            return image.length;
        }

        @Override
        public void push(AnsStack stack, int[] x, int off) {
            System.arraycopy(x, off, image, 0, image.length);
            bijection.apply(image, 0, image.length);
            codec.push(stack, image, 0);
        }

        @Override
        public void pop(AnsStack stack, int[] x, int off) {
            codec.pop(stack, x, off);
            bijection.invert(x, off, image.length);
        }
    }
}
