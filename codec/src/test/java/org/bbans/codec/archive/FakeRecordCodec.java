package org.bbans.codec.archive;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RecordCodec;

/** Run lengths in place of a model; can be told to fail or to lie. */
class FakeRecordCodec implements RecordCodec {

    enum Manner {
        HONEST, LIES, THROWS_ON_ENCODE, THROWS_ON_DECODE
    }

    final AtomicInteger decoded = new AtomicInteger();
    private final int dims;
    private final int levels;
    private final Manner manner;
    private final byte[] file;

    FakeRecordCodec(int dims, int levels, Manner manner) {
        this.dims = dims;
        this.levels = levels;
        this.manner = manner;
        this.file = ("fake model of " + dims + " samples, " + levels + " levels").getBytes();
    }

    FakeRecordCodec(Layout layout) {
        this((int) layout.dims(), layout.format().levels(), Manner.HONEST);
    }

    /** What stands for the model file. */
    byte[] file() {
        return file.clone();
    }

    @Override
    public int dims() {
        return dims;
    }

    @Override
    public int levels() {
        return levels;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public byte[] sha256() {
        return Checksums.sha256().digest(file);
    }

    @Override
    public byte[] encode(byte[] samples, int records, IntConsumer done) {
        if (manner == Manner.THROWS_ON_ENCODE) {
            throw new IllegalStateException("cannot encode");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < records * dims;) {
            int run = 1;
            while (run < 255 && i + run < records * dims && samples[i + run] == samples[i]) {
                run++;
            }
            out.write(run);
            out.write(samples[i]);
            i += run;
        }
        return out.toByteArray();
    }

    /** Takes any order for as good as another: that of the samples. */
    @Override
    public byte[] encodeSet(byte[] samples, int records, IntConsumer done) {
        return encode(samples, records, done);
    }

    @Override
    public void decodeSet(byte[] payload, byte[] samples, int records, IntConsumer done)
            throws CorruptArchiveException {
        decode(payload, samples, records, done);
    }

    @Override
    public void decode(byte[] payload, byte[] samples, int records, IntConsumer done) throws CorruptArchiveException {
        decoded.incrementAndGet();
        if (manner == Manner.THROWS_ON_DECODE) {
            throw new ArrayIndexOutOfBoundsException("cannot decode");
        }
        int at = 0;
        for (int i = 0; i < payload.length; i += 2) {
            for (int run = payload[i] & 0xff; run > 0; run--) {
                samples[at++] = payload[i + 1];
            }
        }
        if (at != records * dims) {
            throw new CorruptArchiveException("runs end after " + at + " samples");
        }
        if (manner == Manner.LIES) {
            samples[records * dims / 2] ^= 1;
        }
    }
}
