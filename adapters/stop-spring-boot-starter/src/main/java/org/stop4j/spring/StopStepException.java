package org.stop4j.spring;

import java.lang.reflect.Method;

/** A method cannot be the step that it declares to be; the message says which, and what is allowed. */
final class StopStepException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StopStepException(Method method, RuntimeException cause) {
        super(
                "@StopStep at " + method.getDeclaringClass().getName() + '.' + method.getName()
                        + ": " + cause.getMessage(),
                cause);
    }
}
