package org.bbans.codec.content;

/**
 * What a content is that begins like a known file format.
 *
 * @param records the records in it; null if there are none to be had
 * @param reason why there are none, for people; null if there are
 */
record Finding(Records records, String reason) {

    static Finding of(Records records) {
        return new Finding(records, null);
    }

    static Finding none(String reason) {
        return new Finding(null, reason);
    }
}
