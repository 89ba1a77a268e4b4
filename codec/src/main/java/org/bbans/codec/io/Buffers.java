package org.bbans.codec.io;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Arrays of a block's size that are used again. New ones for every block would outlive the collector's young
 * generation and pile up in the old one, which it clears only when the whole heap is full. For any number of threads.
 */
public final class Buffers {

    private final Queue<byte[]> spare = new ConcurrentLinkedQueue<>();

    /** An array of exactly that length, with anything in it. */
    public byte[] take(int length) {
        byte[] buffer = spare.poll();
        return buffer != null && buffer.length == length ? buffer : new byte[length];
    }

    /** Takes back an array that nobody looks at any more. */
    public void give(byte[] buffer) {
        spare.add(buffer);
    }
}
