package org.stop4j.internal.signal;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * One handler of one signal, installed by {@code sun.misc.Signal} and removed by {@link #close}.
 *
 * <p>{@code sun.misc.Signal} is reached by reflection because a direct use cannot be compiled with
 * {@code --release 17 -Werror}; its class is public and its module exported, so nothing is broken open.
 *
 * <p>Handlers stack: each keeps what was installed before it and, when the signal comes, calls that too,
 * unless it is the JVM's own or a default. They may be removed in any order: one that is covered by a
 * later one of ours cannot be taken out of the middle without exposing the process for a moment, so it
 * only falls silent, and is skipped when the later one restores.
 *
 * <p>The JVM's own handler would end the process. It is called only if no hook took the signal on the way
 * down to it: so a closed hook that a foreign handler still calls is as if it had never been there.
 *
 * <p>Thread-safe: everything mutable is guarded by the lock of the class {@code sun.misc.Signal}, the one
 * object that all copies of this class in a JVM share. It is not held while a handler is called.
 */
public final class SignalHook implements InvocationHandler {
    private final Api api;
    private final Object signal;
    private final Runnable action;

    // Guarded by api.signalClass; a signal that comes before previous is written waits for that.
    private @Nullable Object previous;
    private boolean closed;
    /** Whether a later hook of this class sits on this one. */
    private boolean covered;

    private boolean ignored;

    private SignalHook(Api api, Object signal, Runnable action) {
        this.api = api;
        this.signal = signal;
        this.action = action;
    }

    /**
     * Installs a handler.
     *
     * @param name the signal's name without {@code SIG}
     * @param action what to run when it comes, on the thread that the JVM makes for the signal
     * @throws RefusedException if the JVM does not let it be taken
     */
    public static SignalHook install(String name, Runnable action) throws RefusedException {
        Api api = Api.load();
        SignalHook hook = new SignalHook(api, api.signal(name), action);
        Object proxy = Proxy.newProxyInstance(
                api.handlerClass.getClassLoader(), new Class<?>[] {api.handlerClass}, hook);
        synchronized (api.signalClass) {
            Object previous = api.handle(hook.signal, proxy);
            hook.previous = previous;
            SignalHook below = ours(previous);
            if (below != null) {
                below.covered = true;
            }
            if (previous.equals(api.ignore)) {
                // The process was started to ignore it: the JVM keeps that, whatever we install.
                hook.ignored = true;
                hook.close();
            }
        }
        return hook;
    }

    /** Whether the process was started to ignore this signal; then nothing was installed. */
    public boolean ignored() {
        synchronized (api.signalClass) {
            return ignored;
        }
    }

    /** The class of the handler that was installed before by somebody else, and is called too; or nothing. */
    public String alsoCalled() {
        Object below;
        synchronized (api.signalClass) {
            below = previous;
        }
        return below == null || ours(below) != null || !isCalled(below, true)
                ? ""
                : below.getClass().getName();
    }

    /** Restores what was installed before; again: nothing. */
    public void close() {
        synchronized (api.signalClass) {
            if (closed) {
                return;
            }
            closed = true;
            if (covered) {
                return;
            }
            Object target = previous;
            SignalHook below = ours(target);
            while (below != null && below.closed) {
                target = below.previous;
                below = ours(target);
            }
            if (below != null) {
                below.covered = false;
            }
            putBack(target);
        }
    }

    private void putBack(@Nullable Object target) {
        if (target == null) {
            return;
        }
        try {
            Object current = api.handle(signal, target);
            if (ours(current) != this) {
                // Somebody else took the signal after us: it stays his,
                // and this hook stays silent below.
                api.handle(signal, current);
            }
        } catch (RefusedException e) {
            throw new IllegalStateException("cannot restore the handler of " + signal, e);
        }
    }

    @Override
    public @Nullable Object invoke(
            Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "stop: handler of " + signal;
            default -> {
                arrived(false);
                yield null;
            }
        };
    }

    /** The signal came; {@code takenAbove} tells whether a hook that sits on this one has taken it. */
    private void arrived(boolean takenAbove) {
        Object below;
        boolean open;
        synchronized (api.signalClass) {
            below = previous;
            open = !closed;
        }
        try {
            if (open) {
                action.run();
            }
        } finally {
            passOn(below, takenAbove || open);
        }
    }

    private void passOn(@Nullable Object below, boolean taken) {
        SignalHook ours = ours(below);
        if (ours != null) {
            ours.arrived(taken);
        } else if (below != null && isCalled(below, taken)) {
            api.call(below, signal);
        }
    }

    private boolean isCalled(Object below, boolean taken) {
        if (below.equals(api.defaults) || below.equals(api.ignore)) {
            return false; // markers, not handlers
        }
        return !taken || !below.toString().startsWith("java.lang.Terminator");
    }

    private static @Nullable SignalHook ours(@Nullable Object handler) {
        return handler != null
                        && Proxy.isProxyClass(handler.getClass())
                        && Proxy.getInvocationHandler(handler) instanceof SignalHook hook
                ? hook
                : null;
    }

    /** Says why a signal cannot be taken, and what to do about it. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The members of {@code sun.misc.Signal} that are used. */
    private record Api(
            Class<?> signalClass,
            Class<?> handlerClass,
            Method handle,
            Method call,
            Object ignore,
            Object defaults) {

        static Api load() throws RefusedException {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> handler = Class.forName("sun.misc.SignalHandler");
                return new Api(
                        signal,
                        handler,
                        signal.getMethod("handle", signal, handler),
                        handler.getMethod("handle", signal),
                        handler.getField("SIG_IGN").get(null),
                        handler.getField("SIG_DFL").get(null));
            } catch (ReflectiveOperationException | LinkageError e) {
                throw new RefusedException(
                        "this Java image has no module jdk.unsupported; add it to the image (jlink"
                                + " --add-modules jdk.unsupported), or stop the process by the stop command or HTTP",
                        e);
            }
        }

        Object signal(String name) throws RefusedException {
            try {
                return signalClass.getConstructor(String.class).newInstance(name);
            } catch (InvocationTargetException e) {
                throw new RefusedException("this system has no such signal", e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("sun.misc.Signal is not what it was", e);
            }
        }

        Object handle(Object signal, Object handler) throws RefusedException {
            try {
                return handle.invoke(null, signal, handler);
            } catch (InvocationTargetException e) {
                throw new RefusedException(
                        "the JVM does not give it away (" + reasonOf(e)
                                + "); for TERM, INT and HUP this"
                                + " means that it was started with -Xrs, which leaves them to the operating system:"
                                + " start it without -Xrs, or stop it by the stop command or HTTP",
                        e.getCause());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("sun.misc.Signal is not what it was", e);
            }
        }

        private static String reasonOf(InvocationTargetException e) {
            Throwable cause = e.getCause();
            return cause == null ? "no reason given" : String.valueOf(cause.getMessage());
        }

        void call(Object handler, Object signal) {
            try {
                call.invoke(handler, signal);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(
                        "the earlier handler of " + signal + " failed", e.getCause());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("sun.misc.SignalHandler is not what it was", e);
            }
        }
    }
}
