/**
 * Takes gzip files apart so that they can be put together again byte for byte: the content is coded, and the few
 * parameters that gzip or zlib compressed it with are kept.
 */
package org.bbans.codec.content.gzip;
