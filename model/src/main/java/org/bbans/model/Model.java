package org.bbans.model;

import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.RecordCodec;
import org.bbans.model.chain.RecordChain;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.latent.Vae;
import org.bbans.model.path.Diffusion;
import org.bbans.model.path.Flow;
import org.bbans.model.path.Sde;
import org.bbans.model.spec.Description;

/**
 * A model that has been loaded, checked and made ready to code: it is made once and shared by all that use it, and by
 * threads. Its identity is the SHA-256 of its file.
 */
public final class Model {

    private final ModelFile file;
    private final RecordModel records;
    private final boolean thorough;
    private final RecordChain codec;

    private Model(ModelFile file, RecordModel records, boolean thorough) {
        this.file = file;
        this.records = records;
        this.thorough = thorough;
        codec = new RecordChain(records, file.description().name(), file.sha256(), thorough);
    }

    /**
     * Makes a model of a file.
     *
     * @throws CorruptArchiveException if its weights are so large that some record could overflow
     */
    public static Model of(ModelFile file) throws CorruptArchiveException {
        return new Model(file, switch (file.description().family()) {
            case VAE -> new Vae(file);
            case DIFFUSION -> new Diffusion(file);
            case FLOW -> new Flow(file);
            case SDE -> new Sde(file);
        }, false);
    }

    /**
     * Makes a model of a file's bytes.
     *
     * @throws FormatException if they are no model file, or if this program cannot code with it
     */
    public static Model parse(byte[] bytes) throws FormatException {
        return of(ModelFile.parse(bytes));
    }

    /** The file: description, training record, weights, identity. */
    public ModelFile file() {
        return file;
    }

    /** The description. */
    public Description description() {
        return file.description();
    }

    /** Codes blocks of records; one codec for all callers. */
    public RecordCodec codec() {
        return codec;
    }

    /**
     * This model, encoding in so many steps of time.
     *
     * @throws IllegalArgumentException if it does not allow them, or if it is of a family without time
     */
    public Model withSteps(int steps) {
        return new Model(file, records.withSteps(steps), thorough);
    }

    /**
     * This model, which encodes as small as it can at several times the cost: it turns records and goes on learning
     * from them, each if it can and if that pays. Itself if it can do neither.
     */
    public Model thorough() {
        return thorough || !records.learns() && records.raster().isEmpty() ? this : new Model(file, records, true);
    }

    /** What codes groups of records. */
    RecordModel records() {
        return records;
    }
}
