package org.bbans.model.path;

import java.util.stream.Stream;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.DiffusionSpec;

class DiffusionTest extends PathContract {

    @Override
    RecordModel open(ModelFile file) throws CorruptArchiveException {
        return new Diffusion(file);
    }

    @Override
    Stream<Case> cases() {
        return Stream.of(of(6, 10, 3, 4, Activation.ELU, 40), of(12, 12, 8, 6, Activation.SQLU, 40),
                of(28, 28, 5, 19, Activation.SQLU, 12), of(8, 8, 6, 5, Activation.SQLU, 1),
                of(4, 4, 2, 3, Activation.ELU, 7), of(2, 38, 64, 9, Activation.ELU, 3));
    }

    private static Case of(int height, int width, int states, int channels, Activation activation, int records) {
        final DiffusionSpec spec = RandomDiffusion.spec(height, width, states, channels, activation);
        return new Case(RandomDiffusion.file(spec, 3), RandomDiffusion.records(spec, records, 11), records, 0);
    }

    @Override
    Case known() {
        return of(6, 10, 3, 4, Activation.ELU, 40);
    }

    @Override
    String knownHash() {
        return "f4197a88ebc13685";
    }

    @Override
    String[] heavy() {
        return new String[] {"block.0.0.weight", "last.weight", "schedule", "values", "table.bias"};
    }
}
