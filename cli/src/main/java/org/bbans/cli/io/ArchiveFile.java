package org.bbans.cli.io;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.content.gzip.GzipWrapping;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.ModelSource;

/** Restores what an archive was made of. */
public final class ArchiveFile {

    /**
     * What came out.
     *
     * @param header the archive's header
     * @param size bytes restored
     * @param damages what could not be restored
     */
    public record Restored(ArchiveHeader header, long size, List<Damage> damages) {
    }

    private ArchiveFile() {
    }

    /**
     * Restores the original file.
     *
     * @param input the archive
     * @param out receives the file
     * @throws FileException naming the archive if it is damaged
     */
    public static Restored restore(InputFile input, OutputStream out, ModelSource models,
            ReadOptions options) throws IOException {
        CountingOutputStream counted = new CountingOutputStream(out);
        try (ArchiveInputStream archive = open(input, models, options)) {
            if (archive.header().wrapping() == null) {
                archive.transferTo(counted);
            } else {
                GzipWrapping.rewrap(archive.header().wrapping(), archive, counted, options.keepGoing());
            }
            return new Restored(archive.header(), counted.count, archive.damages());
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
    }

    private static ArchiveInputStream open(InputFile input, ModelSource models,
            ReadOptions options) throws IOException {
        return input.path() != null && options.keepGoing() ? ArchiveInputStream.open(input.path(), models, options)
                : new ArchiveInputStream(input.stream(), models, options);
    }

    /** A line about something that is lost. */
    public static String describe(Damage damage) {
        return FileException.oneLine(damage.reason()) + (damage.length() == 0 ? ""
                : damage.length() == Damage.REST ? "; the content ends at byte " + damage.contentOffset()
                : "; bytes " + damage.contentOffset() + " to " + (damage.contentOffset() + damage.length() - 1)
                    + " of the content are lost, zeros stand in their place");
    }

    private static final class CountingOutputStream extends OutputStream {

        private final OutputStream out;
        private long count;

        CountingOutputStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            out.write(b, off, len);
            count += len;
        }
    }
}
