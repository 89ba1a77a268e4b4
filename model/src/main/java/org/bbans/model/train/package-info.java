/**
 * Training of models. The only package that uses ND4J; nothing that codes or decodes depends on it.
 */
package org.bbans.model.train;
