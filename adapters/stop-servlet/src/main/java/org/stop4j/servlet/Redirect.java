package org.stop4j.servlet;

import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The redirect that the Servlet API has from 6.1 on; not loaded where nobody can ask for it. */
final class Redirect {
    private static final MethodHandle SEND = find();

    private Redirect() {}

    private static MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(
                            HttpServletResponse.class,
                            "sendRedirect",
                            MethodType.methodType(
                                    void.class, String.class, int.class, boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Servlet API is older than 6.1", e);
        }
    }

    static void send(HttpServletResponse response, String location, int status, boolean clearBuffer)
            throws IOException {
        try {
            SEND.invokeExact(response, location, status, clearBuffer);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // it declares nothing else
        }
    }
}
