package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bbans.codec.block.ContentView;
import org.bbans.codec.block.Spool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartFinderTest {

    private static final int MEMBERS = 3;
    private static final int MEMBER_ROWS = 25;
    private static final long FREE = 1L << 26;

    /** Each alone would be taken apart; together they unpack to nearly a thousand times the file. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void manyMembersMayUnpackToNoMoreThanOne(int threads) throws IOException {
        byte[] zip = zip();
        try (Spool plain = new Spool()) {
            FoundPart file = new FoundPart(ContentView.of(zip), 0, false);
            new PartFinder(threads, plain).find(List.of(file));

            List<FoundPart> members = file.parts.stream().filter(part -> part.isDeflated).toList();
            assertThat(members).hasSize(MEMBERS);
            assertThat(members.stream().map(part -> part.wrapping != null))
                    .containsExactly(true, true, false);
            assertThat(plain.size()).isEqualTo(members.stream().filter(part -> part.inside != null)
                    .mapToLong(part -> part.inside.size()).sum()).isLessThanOrEqualTo(FREE);
        }
    }

    /** Bytes of which the encoder shows at once, then zeros. */
    private static byte[] zip() throws IOException {
        Random random = new Random(5);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < MEMBERS; i++) {
                zip.putNextEntry(new ZipEntry("member" + i));
                byte[] row = new byte[1 << 20];
                for (int k = 0; k < 3000; k++) {
                    row[k] = (byte) (random.nextInt(4) + 'a');
                }
                for (int y = 0; y < MEMBER_ROWS; y++) {
                    zip.write(row);
                    row = y == 0 ? new byte[row.length] : row;
                }
            }
        }
        return out.toByteArray();
    }
}
