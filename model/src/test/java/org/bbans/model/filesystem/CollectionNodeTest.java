package org.bbans.model.filesystem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.StoredContent;
import org.junit.jupiter.api.Test;

class CollectionNodeTest {

    private static void add(CollectionNode root, byte[] path) throws IOException {
        root.add(new CollectionEntry(path, EntryType.FILE, 0644, 0, 0, new byte[0],
                new StoredContent.Segments(List.of())), null);
    }

    /** UTF-8, with the byte FF for each tilde. */
    private static byte[] bytes(String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '~' ? (byte) 0xff : bytes[i];
        }
        return bytes;
    }

    @Test
    void aNameThatIsNotUtf8LeavesTheFoldersAboveItAlone() throws Exception {
        final CollectionNode root = CollectionNode.root();
        for (String path : List.of("r/\u00e4/good.txt", "r/\u00e4/bad~.txt", "r/\u00e4/\u00f6~", "r/b~/\u00e4")) {
            add(root, bytes(path));
        }
        assertThat(root.child("r").names()).containsExactly("b\\xff", "\u00e4");
        assertThat(root.child("r").child("\u00e4").names()).containsExactly("\\xc3\\xb6\\xff", "bad\\xff.txt",
                "good.txt");
        assertThat(root.child("r").child("b\\xff").names()).containsExactly("\u00e4");
    }

    @Test
    void namesThatDifferAreShownDifferently() throws Exception {
        final CollectionNode root = CollectionNode.root();
        final List<String> names = List.of("~", "\\xff", "\\x5cxff", "\\~", "\\x5c~", "a\\b", "\\xf~", "\\xfg", "\\");
        for (String name : names) {
            add(root, bytes(name));
        }
        assertThat(root.names()).hasSize(names.size()).contains("\\xff", "a\\b", "\\xfg", "\\");
    }

    @Test
    void slashesOfTargetsStay() {
        for (String target : List.of("", "/", "/a", "//a/../b/", "a")) {
            assertThat(CollectionNode.text(bytes(target))).isEqualTo(target);
        }
    }
}
