/**
 * Asymmetric numeral systems: {@link org.bbans.codec.ans.AnsStack}, a stack of bits onto which symbols are pushed as
 * intervals of slots and from which they are popped in the opposite order, with several heads at once.
 *
 * <p>No argument is null. A stack belongs to one thread at a time.
 */
package org.bbans.codec.ans;
