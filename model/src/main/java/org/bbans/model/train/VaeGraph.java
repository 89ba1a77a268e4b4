package org.bbans.model.train;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Transition;
import org.bbans.model.train.head.Parameters;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Encoder, reparameterised latents, decoder and KL divergence as a SameDiff graph.
 *
 * <p>The decoder's last layer only computes the features of chosen positions: its weight's columns are gathered before
 * the product, which saves most of the decoder's work when a step looks at a few positions of every record. The head
 * is not part of the graph; its gradient by the features comes in as a placeholder and autodiff carries it on.
 */
final class VaeGraph implements AutoCloseable {

    private static final double LOG_SIGMA_LOW = -6;
    private static final double LOG_SIGMA_HIGH = 1;
    private static final double LOG_EVIDENCE_HIGH = 4;

    private final ModelSpec spec;
    private final Parameters layout;
    private final int batch;
    private final int positions;
    private final int features;
    private final SameDiff graph = SameDiff.create();
    /** Graph variables that are whole tensors of the model. */
    private final List<String> names = new ArrayList<>();
    private final String lastWeight = "decoder.out.weight";
    private final String lastBias = "decoder.out.bias";
    private final int lastInputs;
    private final float[] selectedWeight;
    private final float[] selectedBias;
    private final Map<String, INDArray> inputs = new LinkedHashMap<>();
    private final float[] buffer;

    /**
     * Builds the graph for a fixed batch.
     *
     * @param batch records in a batch
     * @param positions positions that the features are computed at
     */
    VaeGraph(ModelSpec spec, Parameters layout, int batch, int positions) {
        this.spec = spec;
        this.layout = layout;
        this.batch = batch;
        this.positions = positions;
        features = spec.features();
        final int dims = spec.dims();
        final SDVariable x = placeholder("x", batch, dims);
        final SDVariable featureGradient = placeholder("featureGradient", batch, positions * features);
        final SDVariable klWeight = placeholder("klWeight", 1);
        final SDVariable freeNats = placeholder("freeNats", 1);

        final SDVariable seen = hidden(x, "encoder");
        final List<SDVariable> divergences = new ArrayList<>();
        SDVariable z = null;
        for (int k = spec.latentLayers().size(); k > 0; k--) {
            z = latents(k, seen, z, divergences);
        }
        final SDVariable kl = divergences.size() == 1 ? divergences.get(0).rename("kl")
                : graph.concat("kl", 1, divergences.toArray(SDVariable[]::new));
        final SDVariable perLatent = kl.mean(0);
        // A latent below its free nats has nothing to gain from carrying less.
        final SDVariable charged = graph.math.max(perLatent, freeNats).sum();

        final List<Integer> hidden = spec.decoder().orElseThrow().hidden();
        lastInputs = hidden.isEmpty() ? spec.latentLayers().get(0) : hidden.get(hidden.size() - 1);
        selectedWeight = new float[lastInputs * positions * features];
        selectedBias = new float[positions * features];
        final SDVariable w = graph.var(lastWeight, Nd4j.create(DataType.FLOAT, lastInputs, positions * features));
        final SDVariable b = graph.var(lastBias, Nd4j.create(DataType.FLOAT, 1, positions * features));
        final SDVariable out = hidden(z, "decoder").mmul(w).add("features", b);
        final SDVariable carried = out.mul(featureGradient).sum();
        carried.add("loss", charged.mul(klWeight).sum());
        graph.setLossVariables("loss");
        int largest = selectedWeight.length;
        for (String name : names) {
            largest = Math.max(largest, layout.length(name));
        }
        buffer = new float[Math.max(largest, batch * Math.max(dims, spec.latents()))];
    }

    /**
     * The values of layer z_k of the latents, sampled from the posterior.
     *
     * @param k from 1 for the layer that the decoder sees
     * @param seen the encoder's last hidden layer
     * @param above the values of layer k + 1; null for the top layer
     * @param divergences the layer's KL divergence is added to it, in nats for every latent of every record
     */
    private SDVariable latents(int k, SDVariable seen, SDVariable above, List<SDVariable> divergences) {
        final boolean product = above != null
                && spec.transitions().get(k - 1).backward() == Transition.Backward.PRODUCT;
        final SDVariable[] prior = above == null ? null : graph.split(mlp(above, "prior." + k), 2, 1);
        final SDVariable priorSigma = above == null ? null
                : graph.math.exp(graph.math.clipByValue(prior[1], LOG_SIGMA_LOW, LOG_SIGMA_HIGH));
        final SDVariable[] said = graph.split(above == null ? dense(seen, "encoder.out")
                : mlp(product ? seen : graph.concat(1, seen, above),
                        spec.transitions().get(k - 1).backward().label() + "." + k),
                2, 1);
        final SDVariable mean;
        final SDVariable logSigma;
        if (product) {
            final SDVariable log = graph.math.clipByValue(said[1], LOG_SIGMA_LOW, LOG_EVIDENCE_HIGH);
            final SDVariable sum = graph.math.square(priorSigma).add(graph.math.exp(log.mul(2)));
            mean = said[0].sub(prior[0]).mul(priorSigma).div(sum);
            logSigma = log.sub(graph.math.log(sum).mul(0.5));
        } else {
            mean = said[0];
            logSigma = graph.math.clipByValue(said[1], LOG_SIGMA_LOW, LOG_SIGMA_HIGH);
        }
        final SDVariable sigma = graph.math.exp(logSigma);
        final SDVariable e = mean.add(sigma.mul(placeholder("eps" + k, batch, spec.latentLayers().get(k - 1))));
        // KL(N(mean, sigma^2) || N(0, 1)): below the top too, for all is in units of the conditional prior.
        divergences.add(graph.math.square(mean).add(graph.math.square(sigma)).sub(1).mul(0.5).sub(logSigma));
        return above == null ? e : prior[0].add(priorSigma.mul(e));
    }

    /** All layers of a network, the last one without its activation. */
    private SDVariable mlp(SDVariable x, String net) {
        return dense(hidden(x, net), net + ".out");
    }

    private SDVariable hidden(SDVariable x, String net) {
        SDVariable h = x;
        for (int l = 0; layout.has(net + "." + l + ".weight"); l++) {
            h = activate(dense(h, net + "." + l));
        }
        return h;
    }

    private SDVariable activate(SDVariable x) {
        return switch (spec.activation()) {
            case ELU -> graph.nn.elu(x);
            case SQLU -> {
                final SDVariable m = graph.math.clipByValue(x, -2, 0);
                yield graph.nn.relu(x, 0).add(m).add(graph.math.square(m).mul(0.25));
            }
        };
    }

    private SDVariable placeholder(String name, long... shape) {
        inputs.put(name, Nd4j.create(DataType.FLOAT, shape));
        return graph.placeHolder(name, DataType.FLOAT, shape);
    }

    private SDVariable dense(SDVariable x, String layer) {
        final List<Integer> shape = layout.shape(layer + ".weight");
        names.add(layer + ".weight");
        names.add(layer + ".bias");
        final SDVariable w = graph.var(layer + ".weight", Nd4j.create(DataType.FLOAT, shape.get(0), shape.get(1)));
        final SDVariable b = graph.var(layer + ".bias", Nd4j.create(DataType.FLOAT, 1, shape.get(1)));
        return x.mmul(w).add(b);
    }

    /** Takes the weights from the flat parameters, the last layer's at these positions. */
    void load(float[] parameters, int[] chosen) {
        for (String name : names) {
            put(graph.getVariable(name).getArr(), parameters, layout.offset(name), layout.length(name));
        }
        final int all = spec.pixels() * features;
        final int columns = positions * features;
        final int weight = layout.offset(lastWeight);
        final int bias = layout.offset(lastBias);
        for (int p = 0; p < positions; p++) {
            for (int f = 0; f < features; f++) {
                selectedBias[p * features + f] = parameters[bias + chosen[p] * features + f];
            }
        }
        for (int i = 0; i < lastInputs; i++) {
            final int row = weight + i * all;
            for (int p = 0; p < positions; p++) {
                System.arraycopy(parameters, row + chosen[p] * features, selectedWeight, i * columns + p * features,
                        features);
            }
        }
        put(graph.getVariable(lastWeight).getArr(), selectedWeight, 0, selectedWeight.length);
        put(graph.getVariable(lastBias).getArr(), selectedBias, 0, selectedBias.length);
    }

    /**
     * The features at the positions that were loaded.
     *
     * @param x01 {@code [batch][dims]}
     * @param eps {@code [batch][latents]}, standard normal; of a record, those of the top layer first
     * @param featureRows receives {@code [batch][positions][features]}
     * @param klPerLatent receives the KL divergence of every latent, summed over the batch, in nats; added to
     * @return sum of the KL divergences, in nats
     */
    double features(float[] x01, float[] eps, float[] featureRows, double[] klPerLatent) {
        put(inputs.get("x"), x01, 0, batch * spec.dims());
        int first = 0;
        for (int k = spec.latentLayers().size(); k > 0; k--) {
            final int width = spec.latentLayers().get(k - 1);
            for (int i = 0; i < batch; i++) {
                System.arraycopy(eps, i * spec.latents() + first, buffer, i * width, width);
            }
            put(inputs.get("eps" + k), buffer, 0, batch * width);
            first += width;
        }
        final Map<String, INDArray> out = graph.output(inputs, "features", "kl");
        get(out.get("features"), featureRows, 0, featureRows.length);
        get(out.get("kl"), buffer, 0, batch * spec.latents());
        double sum = 0;
        for (int i = 0; i < batch * spec.latents(); i++) {
            sum += buffer[i];
            klPerLatent[i % spec.latents()] += buffer[i];
        }
        return sum;
    }

    /**
     * The gradient of {@code <features, featureGradient> + klWeight * sum over latents of max(mean KL, freeNats)} for
     * the batch that {@link #features} has seen last; added to the flat gradient.
     */
    void gradient(float[] featureGradient, float klWeight, float freeNats, int[] chosen, float[] gradient) {
        put(inputs.get("featureGradient"), featureGradient, 0, featureGradient.length);
        inputs.get("klWeight").putScalar(0, klWeight);
        inputs.get("freeNats").putScalar(0, freeNats);
        final List<String> variables = new ArrayList<>(names);
        variables.add(lastWeight);
        variables.add(lastBias);
        if (!graph.hasGradientFunction()) {
            differentiate(variables);
        }
        final Map<String, INDArray> gradients = graph.calculateGradients(inputs, variables);
        for (String name : names) {
            final int n = layout.length(name);
            get(gradients.get(name), buffer, 0, n);
            add(buffer, 0, gradient, layout.offset(name), n);
        }
        final int all = spec.pixels() * features;
        final int columns = positions * features;
        get(gradients.get(lastWeight), buffer, 0, lastInputs * columns);
        for (int i = 0; i < lastInputs; i++) {
            for (int p = 0; p < positions; p++) {
                add(buffer, i * columns + p * features, gradient,
                        layout.offset(lastWeight) + i * all + chosen[p] * features, features);
            }
        }
        get(gradients.get(lastBias), buffer, 0, columns);
        for (int p = 0; p < positions; p++) {
            add(buffer, p * features, gradient, layout.offset(lastBias) + chosen[p] * features, features);
        }
    }

    /**
     * Derives the graph of the gradient. ND4J prints a line on standard output for every operation then, whatever its
     * logger is told, and standard output is not ours to fill: for this one call, once a training, it leads nowhere.
     */
    private void differentiate(List<String> variables) {
        final PrintStream standardOutput = System.out;
        try {
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            graph.createGradFunction(variables.toArray(String[]::new));
        } finally {
            System.setOut(standardOutput);
        }
    }

    private static void add(float[] from, int fromOff, float[] to, int toOff, int n) {
        for (int i = 0; i < n; i++) {
            to[toOff + i] += from[fromOff + i];
        }
    }

    private static void put(INDArray to, float[] from, int off, int n) {
        final FloatPointer pointer = (FloatPointer) to.data().addressPointer();
        pointer.put(from, off, n);
    }

    private static void get(INDArray from, float[] to, int off, int n) {
        final INDArray plain = from.ordering() == 'c' && !from.isView() ? from : from.dup('c');
        ((FloatPointer) plain.data().addressPointer()).get(to, off, n);
    }

    @Override
    public void close() {
        inputs.values().forEach(INDArray::close);
    }
}
