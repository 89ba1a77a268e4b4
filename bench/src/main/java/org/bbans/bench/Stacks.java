package org.bbans.bench;

import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

/** Makes empty stacks. */
final class Stacks {

    private Stacks() {
    }

    /** An empty stack whose inner loops run on that engine. */
    static AnsStack of(int heads, Engine engine) {
        Engines.require(engine);
        return new AnsStack(heads);
    }
}
