/**
 * Says what a content of many parts is made of, such as a tar, a TIFF file of several pages or a DICOM file: which
 * stretches are pixels, which are files of their own. Begin with {@link org.bbans.codec.content.anatomy.Anatomies}.
 *
 * <p>No argument or result is null. All values are immutable, and everything may be shared by threads.
 */
package org.bbans.codec.content.anatomy;
