package org.bbans.model.train.head;

/** Coins whose logits are the outputs; any level but 0 counts as 1. */
record BernoulliLoss() implements HeadLoss {

    @Override
    public double crossEntropy(Tile tile, int channel, float[] outputs, float[] gradient, int row, float scale) {
        double sum = 0;
        for (int r = 0; r < tile.rows(); r++) {
            final int level = Math.min(tile.level(r, channel), 1);
            final double logit = outputs[r * row];
            final double e = Math.exp(-Math.abs(logit));
            sum += Math.max(logit, 0) - level * logit + Math.log1p(e);
            final double one = logit >= 0 ? 1 / (1 + e) : e / (1 + e);
            gradient[r * row] = (float) (scale * (one - level));
        }
        return sum;
    }

    @Override
    public int draw(Tile tile, int channel, float[] outputs, double uniform) {
        return uniform < 1 / (1 + Math.exp(outputs[0])) ? 0 : 1;
    }
}
