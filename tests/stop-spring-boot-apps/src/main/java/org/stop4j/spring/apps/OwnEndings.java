package org.stop4j.spring.apps;

import org.springframework.boot.SpringApplication;
import org.springframework.core.env.SimpleCommandLinePropertySource;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * {@link JobApplication} by a main with ends of its own: a shutdown hook, and a handler of SIGTERM that was installed
 * {@code --app.handler=before} Spring or {@code after} it, keeps what it finds or not, and exits with {@code --app.handler.exit} if
 * there is one.
 */
public final class OwnEndings {
    private OwnEndings() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        SimpleCommandLinePropertySource given = new SimpleCommandLinePropertySource(arguments);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> System.out.println("own hook"), "own-hook"));
        String when = given.getProperty("app.handler");
        String exit = given.getProperty("app.handler.exit");
        if ("before".equals(when)) {
            handle(exit);
        }
        SpringApplication.run(JobApplication.class, arguments);
        if ("after".equals(when)) {
            handle(exit);
        }
        System.out.println("main is done");
    }

    /** By reflection: a direct use cannot be compiled with {@code --release 17 -Werror}. */
    private static void handle(@org.jspecify.annotations.Nullable String exit)
            throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Method handle = signalType.getMethod("handle", signalType, handlerType);
        Object handler = Proxy.newProxyInstance(
                OwnEndings.class.getClassLoader(),
                new Class<?>[] {handlerType},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "handle" -> {
                        System.out.println("own handler");
                        if (exit != null) {
                            System.exit(Integer.parseInt(exit));
                        }
                        yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "the handler of OwnEndings";
                });
        handle.invoke(null, signalType.getConstructor(String.class).newInstance("TERM"), handler);
    }
}
