package org.bbans.cli;

import java.util.List;
import java.util.Optional;
import org.bbans.codec.content.RecordShape;
import org.bbans.codec.content.Records;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that describe records which are not found by themselves. */
final class RecordOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--record-shape", paramLabel = "SHAPE",
            description = "The records of a file in no known format: extents with optional sample format, for example "
                    + "28x28, 32x32x3 (pixel after pixel), 32x32x3:planes (channel after channel), 512x512:u16le (two "
                    + "bytes a sample; also u16be, i16le, i16be, i8, and planes:u16le), 28x28:bits (eight "
                    + "samples a byte) "
                    + "or 105x105:bitrows (each row filled up to a byte).")
    private String shape;

    @Option(names = "--skip", paramLabel = "BYTES", defaultValue = "0",
            description = "Bytes before the first record, with --record-shape.")
    private long skip;

    /** These options as arguments of another command. */
    List<String> arguments() {
        return shape == null ? List.of() : List.of("--record-shape", shape, "--skip", Long.toString(skip));
    }

    /**
     * The records as the user describes them.
     *
     * @throws ParameterException if the description is wrong
     */
    Optional<Records> described() {
        if (shape == null) {
            if (skip != 0) {
                throw new ParameterException(spec.commandLine(), "--skip goes with --record-shape");
            }
            return Optional.empty();
        }
        try {
            return Optional.of(RecordShape.parse(shape, skip));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--record-shape: " + e.getMessage());
        }
    }
}
