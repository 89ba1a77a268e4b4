package org.bbans.model.spec;

final class DiffusionSpecJson {
    static String write(DiffusionSpec s) { throw new UnsupportedOperationException(); }
}
