package org.stop4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** The types that one thing shows which users can reach: a type, a method, a constructor or a field. */
record Signature(String of, Set<JavaClass> types) {

    /** The signatures of a type and its members; none if users cannot reach it. */
    static Stream<Signature> ofAllMembers(JavaClass type) {
        if (!isReachable(type)) {
            return Stream.of();
        }
        Set<JavaClass> above = new HashSet<>();
        type.getSuperclass().ifPresent(one -> above.addAll(one.getAllInvolvedRawTypes()));
        type.getInterfaces().forEach(one -> above.addAll(one.getAllInvolvedRawTypes()));
        Stream<Signature> members = type.getMembers().stream()
                .filter(Signature::isForUsers)
                .map(member -> new Signature(member.getFullName(), typesOf(member)));
        return Stream.concat(Stream.of(new Signature(type.getName(), above)), members);
    }

    private static boolean isReachable(JavaClass type) {
        return isForUsers(type.getModifiers())
                && type.getEnclosingClass().map(Signature::isReachable).orElse(true);
    }

    private static boolean isForUsers(JavaMember member) {
        return isForUsers(member.getModifiers())
                && !member.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    private static boolean isForUsers(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC)
                || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Set<JavaClass> typesOf(JavaMember member) {
        Set<JavaClass> types = new HashSet<>();
        if (member instanceof JavaField field) {
            types.addAll(field.getType().getAllInvolvedRawTypes());
        } else if (member instanceof JavaCodeUnit unit) {
            types.addAll(unit.getReturnType().getAllInvolvedRawTypes());
            for (JavaType parameter : unit.getParameterTypes()) {
                types.addAll(parameter.getAllInvolvedRawTypes());
            }
            types.addAll(unit.getExceptionTypes());
        }
        return types;
    }

    boolean namesInternalType() {
        return types.stream()
                .anyMatch(
                        type -> type.getBaseComponentType().getPackageName().contains(".internal"));
    }

    @Override
    public String toString() {
        return of + " shows " + types;
    }
}
