package org.bbans.cli.io;

import java.util.Locale;
import org.bbans.codec.archive.ArchiveListener;

/** Says it, once, if an archive makes so much of so little that this may take long. */
public final class ExpansionNote implements ArchiveListener {

    private final String name;
    private final Messages messages;
    private boolean said;

    /** @param name what is read, as messages call it */
    public ExpansionNote(String name, Messages messages) {
        this.name = name;
        this.messages = messages;
    }

    @Override
    public void expands(long contentBytes, long archiveBytes) {
        if (!said) {
            messages.note(String.format(Locale.ROOT, "%s: %,d bytes of it make %,d of content or more, which may take "
                    + "long", name, archiveBytes, contentBytes));
            said = true;
        }
    }
}
