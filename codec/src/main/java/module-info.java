/** Lossless coding with asymmetric numeral systems and bits-back, and the archives that hold what was coded. */
@SuppressWarnings("module") // org.bbans.model is compiled later
module org.bbans.codec {
    exports org.bbans.codec;
    exports org.bbans.codec.ans;
    exports org.bbans.codec.archive;
    exports org.bbans.codec.collection;
    exports org.bbans.codec.content;
    exports org.bbans.codec.content.anatomy;
    exports org.bbans.codec.distribution;
    exports org.bbans.codec.engine;
    exports org.bbans.codec.format;
    exports org.bbans.codec.io;
    exports org.bbans.codec.math to org.bbans.model;
    exports org.bbans.codec.set to org.bbans.model;

    requires java.management;
    requires org.tukaani.xz;
    requires static jdk.incubator.vector;
}
