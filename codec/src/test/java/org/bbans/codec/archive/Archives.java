package org.bbans.codec.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.SampleFormat;

/** Writes and reads archives in memory. */
public final class Archives {

    private Archives() {}

    static byte[] write(byte[] content, ArchiveOptions options) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ArchiveOutputStream archive = new ArchiveOutputStream(out, options)) {
            archive.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] read(byte[] archive, ModelSource models) throws IOException {
        return read(archive, models, ReadOptions.DEFAULT);
    }

    static byte[] read(byte[] archive, ModelSource models, ReadOptions options) throws IOException {
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive), models, options)) {
            return in.readAllBytes();
        }
    }

    /** Content that fits the layout: records full of runs, so that {@link FakeRecordCodec} makes them smaller. */
    static byte[] content(Layout layout, int records, int trailing, Random random) {
        byte[] content = new byte[(int) (layout.leading() + records * layout.recordBytes()) + trailing];
        random.nextBytes(content);
        short[] samples = new short[(int) layout.dims()];
        for (int r = 0; r < records; r++) {
            int edge = random.nextInt(samples.length + 1);
            Arrays.fill(samples, 0, edge, (short) random.nextInt(layout.format().levels()));
            Arrays.fill(samples, edge, samples.length, (short) random.nextInt(layout.format().levels()));
            layout.format().pack(layout.shape(), samples, 0, content,
                    (int) (layout.leading() + r * layout.recordBytes()) + layout.prefix());
        }
        return content;
    }

    public static Layout randomLayout(Random random) {
        int[] shape = new int[1 + random.nextInt(4)];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = 1 + random.nextInt(6);
        }
        SampleFormat format = switch (random.nextInt(9)) {
            case 0 -> SampleFormat.U8;
            case 1 -> new SampleFormat.TwoValued(random.nextInt(128), 128 + random.nextInt(128));
            case 2 -> SampleFormat.BIT_ROWS;
            case 3 -> shape.length > 1 ? SampleFormat.PLANES : SampleFormat.U8;
            case 4 -> SampleFormat.BIT_ROWS.inverted();
            case 5 -> SampleFormat.BITS.inverted();
            case 6, 7 -> new SampleFormat.Words(random.nextBoolean(), random.nextBoolean(),
                    shape.length > 1 && random.nextBoolean(), 2 + random.nextInt(1 << 4 + random.nextInt(13)) % 65535);
            default -> SampleFormat.BITS;
        };
        if (format instanceof SampleFormat.Bits) {
            shape[0] = 8 * (1 + random.nextInt(3));
        }
        return Layout.of(random.nextInt(3) * random.nextInt(20), format, shape)
                .withPrefix(random.nextInt(3) == 0 ? random.nextInt(4) : 0);
    }
}
