package org.bbans.codec.content.tiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Fields;
import org.junit.jupiter.api.Test;

class TiffDirectoriesTest {

    private static ByteBuffer file(int bytes, int fields) {
        return ByteBuffer.allocate(bytes).put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) fields);
    }

    private static void field(ByteBuffer file, int tag, int count, int value) {
        file.putShort((short) tag).putShort((short) 4).putInt(count).putInt(value);
    }

    /** A directory's count may be the half of another one's field, and most of its fields those of the other one. */
    @Test
    void directoriesWithinEachOtherEndTheWalk() throws IOException {
        int fields = 60_000;
        int directories = 40;
        int places = (12 << 16) + fields;
        ByteBuffer file = file(places + 4 * directories, fields);
        for (int i = 0; i < directories; i++) {
            field(file, TiffField.BELOW, directories, places);
        }
        field(file, 256, 1, 1);
        field(file, 257, 1, 1);
        field(file, 273, 1, 8);
        for (int i = 0; i < directories; i++) {
            file.putInt(places + 4 * i, 10 + 12 * i + 10);
        }
        LongAdder images = new LongAdder();
        TiffDirectories.visit(new Fields(ContentView.of(file.array())), image -> {
            images.increment();
            return true;
        });
        assertThat(images.sum()).isBetween(1L, 3L);
    }

    /** What lies elsewhere does not make the directory's own page be read again. */
    @Test
    void numbersFarFromTheirFieldsAreReadThroughAPageOfTheirOwn() throws IOException {
        int fields = 1_000;
        ByteBuffer file = file(1 << 20, fields);
        for (int i = 0; i < fields; i++) {
            field(file, TiffField.BELOW, 2, file.capacity() - 8);
        }
        LongAdder read = new LongAdder();
        TiffDirectories.visit(new Fields(ContentView.of(file.array()).counted(read::add)), image -> true);
        assertThat(read.sum()).isLessThan(file.capacity());
    }
}
