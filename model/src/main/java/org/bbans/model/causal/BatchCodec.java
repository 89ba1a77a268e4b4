package org.bbans.model.causal;

import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.DistributionCodec;

/** Pops batches of symbols, whatever their number, by the rows of a distribution. A workspace. */
final class BatchCodec {

    private final Distribution distribution;
    /** By number of symbols; absent if none has been needed. */
    private final DistributionCodec[] codecs;

    BatchCodec(Distribution distribution, int most) {
        this.distribution = distribution;
        codecs = new DistributionCodec[most + 1];
    }

    /** Pops {@code n} symbols. */
    void pop(AnsStack stack, int[] symbol, int n) {
        if (codecs[n] == null) {
            codecs[n] = new DistributionCodec(distribution, n);
        }
        codecs[n].pop(stack, symbol, 0);
    }
}
