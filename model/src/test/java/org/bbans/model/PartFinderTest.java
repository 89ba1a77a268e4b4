package org.bbans.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartFinderTest {

    private static final int LINES = 5000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void whatIsUnwrappedIsBounded(int threads) throws IOException {
        List<FoundPart> files = new ArrayList<>();
        long size = 0;
        for (int i = 0; i < 5; i++) {
            byte[] text = ("line of file " + i + "\n").repeat(LINES).getBytes(StandardCharsets.UTF_8);
            size = text.length;
            files.add(new FoundPart(ContentView.of(gzip(text)), 0, false));
        }
        try (Spool plain = new Spool(folder)) {
            new PartFinder(threads, plain).find(files, 2 * size + size / 2);
            assertEquals(2 * size, plain.size());
        }
        List<Boolean> unwrapped = files.stream().map(file -> file.wrapping != null).toList();
        assertEquals(List.of(true, true, false, false, false), unwrapped);
    }

    @Test
    void contentsWithinEachOtherEnd() throws IOException {
        byte[] file = new byte[1 << 20];
        for (int depth = 0; depth < 20; depth++) {
            file = gzip(file);
        }
        FoundPart part = new FoundPart(ContentView.of(file), 0, false);
        try (Spool plain = new Spool(folder)) {
            new PartFinder(2, plain).find(List.of(part));
        }
        int depth = 0;
        for (FoundPart p = part; p.inside != null; p = p.inside) {
            depth++;
        }
        assertEquals(8, depth);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
