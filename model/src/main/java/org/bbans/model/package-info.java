/**
 * What a program uses of models: those that come with it ({@link org.bbans.model.BuiltInModels}), a model that is ready
 * to code ({@link org.bbans.model.Model}), the choice among them, and what records would cost
 * ({@link org.bbans.model.Elbo}).
 *
 * <pre>{@code
 * ModelChoice choice = ModelChoice.read(file).withEmbedded(true);
 * RecordCompressor compressor = new RecordCompressor(CompressionOptions.plain().withModels(choice));
 * }</pre>
 *
 * <p>No argument or result is null unless it says so. Everything here but listeners may be shared by threads.
 */
package org.bbans.model;
