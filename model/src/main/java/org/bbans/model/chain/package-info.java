/**
 * The bits-back chain over a block's records, whatever the model: which records are coded together, where the first
 * bits come from, what a payload begins with. Begin with {@link org.bbans.model.chain.RecordChain}; a model takes part
 * by {@link org.bbans.model.chain.RecordModel} and {@link org.bbans.model.chain.GroupModel}.
 */
package org.bbans.model.chain;
