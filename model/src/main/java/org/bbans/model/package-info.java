/**
 * What a program uses of models: those that come with it ({@link org.bbans.model.BuiltInModels}), a model that is ready
 * to code ({@link org.bbans.model.Model}), the choice among them, and what records would cost
 * ({@link org.bbans.model.Elbo}).
 */
package org.bbans.model;
