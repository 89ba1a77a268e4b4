/** Takes what can be foretold out of the headers of tar archives, and puts it back byte for byte. */
package org.bbans.codec.content.tar;
