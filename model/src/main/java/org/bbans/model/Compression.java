package org.bbans.model;

import java.util.Optional;
import org.bbans.codec.content.Records;

/**
 * What became of a file that was compressed.
 *
 * @param fileBytes bytes of the file as it was given
 * @param contentBytes bytes of the content that was coded: those inside of a gzip file that was taken apart, otherwise
 *     the file's
 * @param archiveBytes bytes of the archive
 * @param records what was found, or described, in the content
 * @param model name of the model that codes the records; empty if {@code outcome} is none of a model
 * @param outcome why that
 */
public record Compression(long fileBytes, long contentBytes, long archiveBytes, Optional<Records> records,
        Optional<String> model, Outcome outcome) {

    /** Why a content is coded as it is. */
    public enum Outcome {

        /** Records are coded by a model. */
        MODEL,
        /** No records were found; the bytes are coded with LZMA2 or stored. */
        NO_RECORDS,
        /** There is no model for such records. */
        NO_MODEL,
        /** There are models for such records, but LZMA2 is better than each of them. */
        MODELS_LOSE
    }
}
