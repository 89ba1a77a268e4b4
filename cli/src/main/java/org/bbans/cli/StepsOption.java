package org.bbans.cli;

import org.bbans.cli.io.FileException;
import org.bbans.cli.io.ModelCatalogue;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --steps} of commands that encode with a named model. */
final class StepsOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--steps", paramLabel = "N",
            description = "With a model of the family sde: steps that time is cut into, 1 to 128 (default: 16).")
    private Integer steps;

    /**
     * The models at hand, of which the named one encodes in so many steps.
     *
     * @param model what the user gave with {@code --model}, or null
     * @throws ParameterException if the model does not allow the steps
     */
    ModelCatalogue models(String model) throws FileException {
        try {
            return new ModelCatalogue(model, steps);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--steps: " + e.getMessage());
        }
    }
}
