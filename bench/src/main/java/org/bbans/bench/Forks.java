package org.bbans.bench;

/** JVM arguments of the forks: what has two engines runs on both, each in JVMs of its own. */
final class Forks {

    static final int COUNT = 3;
    static final String SCALAR = "-Dbbans.engine=scalar";
    static final String MODULES = "--add-modules=jdk.incubator.vector";
    /** Fails where the vector engine cannot be had. */
    static final String VECTOR = "-Dbbans.engine=vector";

    private Forks() {}
}
