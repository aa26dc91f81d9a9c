package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

import java.lang.reflect.Field;
import java.util.Optional;

/**
 * A field of a class of Spring's for which there is no getter. It may be gone in another version; who reads it has to do
 * without then.
 */
final class PrivateField {
    private final Object owner;
    private final Field field;

    private PrivateField(Object owner, Field field) {
        this.owner = owner;
        this.field = field;
    }

    static Optional<PrivateField> of(Object owner, String name, Class<?> type) {
        Field field = ReflectionUtils.findField(owner.getClass(), name, type);
        if (field == null) {
            return Optional.empty();
        }
        try {
            field.setAccessible(true);
        } catch (RuntimeException inAModule) {
            return Optional.empty();
        }
        return Optional.of(new PrivateField(owner, field));
    }

    @Nullable
    Object read() {
        return ReflectionUtils.getField(field, owner);
    }

    static <T> Optional<T> read(Object owner, String name, Class<T> type) {
        return of(owner, name, type).map(PrivateField::read).map(type::cast);
    }
}
