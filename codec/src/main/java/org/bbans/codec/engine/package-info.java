/**
 * The choice between plain loops and the Vector API: {@link org.bbans.codec.engine.Engines} makes it,
 * {@link org.bbans.codec.engine.TwinLoader} loads what needs the incubator module, and nothing else does.
 *
 * <p>No argument or result is null. Everything may be shared by threads.
 */
package org.bbans.codec.engine;
