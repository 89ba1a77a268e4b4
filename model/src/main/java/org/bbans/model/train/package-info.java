/**
 * Training of models: {@link org.bbans.model.train.Trainer} takes records in memory and makes a model file. The only
 * package that uses ND4J; nothing that codes or decodes depends on it.
 */
package org.bbans.model.train;
