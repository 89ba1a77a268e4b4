/**
 * Bytes at hand: contents that can be read again and at any place ({@link org.bbans.codec.io.ContentView}), bytes that
 * are kept in memory or in a temporary file ({@link org.bbans.codec.io.Spool}), the threads that work on them, and how
 * much of what is packed may be unpacked.
 *
 * <p>No argument or result is null unless it says so.
 */
package org.bbans.codec.io;
