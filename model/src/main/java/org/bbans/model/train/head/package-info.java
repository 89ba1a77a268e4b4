/**
 * The likelihood's network and the gradient of its cross-entropy, written out: where nearly all the work of training
 * is. It knows the description of a model and its tensors, and neither ND4J nor how a training proceeds.
 */
package org.bbans.model.train.head;
