package org.bbans.codec.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Objects;

/**
 * The vector engine's implementation of a type, found by its name: no class that the scalar engine needs refers to it,
 * so none needs the incubator module.
 *
 * @param <T> the type
 */
public final class TwinLoader<T> {

    private final MethodHandles.Lookup owner;
    private final Class<T> type;
    private final String name;

    /**
     * Names an implementation; it is not loaded yet.
     *
     * @param owner the lookup of a class of the implementation's package
     * @param name simple name of a class that extends {@code type}, with a constructor of ints or none
     */
    public TwinLoader(MethodHandles.Lookup owner, Class<T> type, String name) {
        this.owner = Objects.requireNonNull(owner);
        this.type = Objects.requireNonNull(type);
        this.name = owner.lookupClass().getPackageName() + "." + name;
    }

    /**
     * A new object of the implementation.
     *
     * @throws IllegalStateException with the reason if the vector engine cannot be had
     */
    public T create(Object... arguments) {
        Engines.require(Engine.VECTOR);
        final Class<?>[] ints = new Class<?>[arguments.length];
        Arrays.fill(ints, int.class);
        try {
            return type.cast(owner.findConstructor(owner.findClass(name), MethodType.methodType(void.class, ints))
                    .invokeWithArguments(arguments));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError(name + " cannot be created", e);
        }
    }
}
