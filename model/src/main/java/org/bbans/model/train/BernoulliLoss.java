package org.bbans.model.train;

/** Coins whose logits are the outputs; any level but 0 counts as 1. */
record BernoulliLoss() implements HeadLoss {

    @Override
    public double crossEntropy(Canvas canvas, int[] positions, int start, int n, int channel, float[] outputs,
                               float[] gradient, int row, float scale) {
        double sum = 0;
        for (int r = 0; r < n; r++) {
            final int level = Math.min(canvas.level(positions[start + r], channel), 1);
            final double logit = outputs[r * row];
            final double e = Math.exp(-Math.abs(logit));
            sum += Math.max(logit, 0) - level * logit + Math.log1p(e);
            final double one = logit >= 0 ? 1 / (1 + e) : e / (1 + e);
            gradient[r * row] = (float) (scale * (one - level));
        }
        return sum;
    }

    @Override
    public int draw(Canvas canvas, int pixel, int channel, float[] outputs, double uniform) {
        return uniform < 1 / (1 + Math.exp(outputs[0])) ? 0 : 1;
    }
}
