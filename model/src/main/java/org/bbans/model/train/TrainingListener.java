package org.bbans.model.train;

/** Hears how a training goes. Called on the training thread. */
@FunctionalInterface
public interface TrainingListener {

    /**
     * Where a training is.
     *
     * @param step steps done
     * @param fraction of the schedule that is done, 0 to 1
     * @param minutes time spent so far, that before a resume included
     * @param learningRate the current one
     * @param train running mean of the loss on the training part, negative ELBO in bits/dim
     * @param validation negative ELBO of the averaged weights on the validation part in bits/dim; NaN if not
     *     measured now
     * @param kl KL divergence on the validation part in bits for each record; NaN if not measured now
     */
    record Progress(long step, double fraction, double minutes, double learningRate, double train, double validation,
            double kl) {

        /** Minutes that are left if the pace stays as it is. */
        public double minutesLeft() {
            return fraction > 0 ? minutes * (1 - fraction) / fraction : Double.NaN;
        }
    }

    /** Called every few seconds, and whenever the validation part has been measured. */
    void progress(Progress progress);
}
