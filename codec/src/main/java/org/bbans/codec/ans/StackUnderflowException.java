package org.bbans.codec.ans;

/**
 * The stack ran out of words. An encoder that pops latents meets it when too little has been pushed yet;
 * a decoder meets it only on damaged input.
 */
public final class StackUnderflowException extends RuntimeException {

    StackUnderflowException() {
        super("the stack has no more words", null, false, false);
    }
}
