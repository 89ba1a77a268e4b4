package org.bbans.codec.engine;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The choice of the engine, made once in a process: system property {@value #PROPERTY} = auto, scalar or vector.
 *
 * <p>The vector engine needs the module {@code jdk.incubator.vector} among the boot modules, HotSpot's C2 compiler
 * (without it every vector becomes an object, a thousand times slower) and vectors of at least 256 bits.
 */
public final class Engines {

    /** Name of the system property. */
    public static final String PROPERTY = "bbans.engine";

    /** Below this many multiply-adds compiling the vector loops takes longer than they save: about a second of work. */
    private static final long WARM_UP = 2_000_000_000L;
    private static final int LEAST_BITS = 256;
    private static final int SEVERAL_SHAPES_FEATURE = 25;

    private Engines() {}

    /** Whether this JVM and this machine can run the vector engine. */
    public static boolean vectorAvailable() {
        return obstacle() == null;
    }

    /**
     * Whether this JVM's compiler bears vectors of one element type in several shapes. All shapes share the profiles of
     * methods such as {@code IntVector.add}; Java 17 chooses by them what it calls, even where the shape is known, and
     * after one use of a second shape makes objects of the vectors everywhere else.
     */
    public static boolean severalShapes() {
        return Runtime.version().feature() >= SEVERAL_SHAPES_FEATURE;
    }

    /**
     * The engine for a job of about this size: the scalar one for short jobs unless the property forces the other.
     *
     * @throws IllegalStateException if the property asks for an engine that cannot be had or does not exist
     */
    public static Engine forWork(long multiplyAdds) {
        final String wish = wish();
        return switch (wish) {
            case "scalar" -> Engine.SCALAR;
            case "vector" -> {
                requireVector();
                yield Engine.VECTOR;
            }
            case "auto" -> multiplyAdds >= WARM_UP && vectorAvailable() ? Engine.VECTOR : Engine.SCALAR;
            default -> throw new IllegalStateException(PROPERTY + " must be auto, scalar or vector, not " + wish);
        };
    }

    /**
     * The engine for a long job.
     *
     * @throws IllegalStateException as {@link #forWork}
     */
    public static Engine preferred() {
        return forWork(Long.MAX_VALUE);
    }

    /** One line for people: the engine of a long job and the reason. */
    public static String describe() {
        final String wish = wish();
        if (wish.equals("scalar")) {
            return "scalar engine (" + PROPERTY + "=scalar)";
        }
        final String obstacle = obstacle();
        return obstacle == null
                ? "vector engine (" + Probe.BITS + " bits) for long jobs"
                : "scalar engine (" + obstacle + ")";
    }

    /**
     * Checks that a caller who asks for the vector engine can have it.
     *
     * @throws IllegalStateException with the reason if not
     */
    public static void require(Engine engine) {
        if (engine == Engine.VECTOR) {
            requireVector();
        }
    }

    private static void requireVector() {
        final String obstacle = obstacle();
        if (obstacle != null) {
            throw new IllegalStateException("the vector engine cannot be had: " + obstacle);
        }
    }

    private static String wish() {
        return System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
    }

    private static String obstacle() {
        return Probe.OBSTACLE;
    }

    /** Runs the checks on first use: the later ones load classes. */
    private static final class Probe {

        static final int BITS;
        static final String OBSTACLE;

        static {
            int bits = 0;
            String obstacle = null;
            if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
                obstacle = "the JVM was started without --add-modules jdk.incubator.vector";
            } else if (!hasC2()) {
                obstacle = "the JVM runs without the C2 compiler";
            } else {
                bits = VectorProbe.floatBits();
                if (bits < LEAST_BITS) {
                    obstacle = "vectors have " + bits + " bits, " + LEAST_BITS + " are needed";
                }
            }
            BITS = bits;
            OBSTACLE = obstacle;
        }

        private static boolean hasC2() {
            final String info = System.getProperty("java.vm.info", "");
            final String name = System.getProperty("java.vm.name", "");
            if (info.contains("interpreted") || info.contains("emulated-client")
                    || !name.contains("HotSpot") && !name.contains("OpenJDK")) {
                return false;
            }
            // Levels 0, 2 and 3 leave no trace in the properties.
            for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
                if (argument.startsWith("-XX:TieredStopAtLevel=") && !argument.endsWith("=4")) {
                    return false;
                }
            }
            return true;
        }
    }
}
