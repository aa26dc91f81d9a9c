package org.stop4j.testing;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.stop4j.Stop;

import java.lang.reflect.Method;
import java.util.Set;

/**
 * Gives a JUnit test a stop in virtual time, and cleans up after it. In a class with {@code
 * @ExtendWith(StopExtension.class)}:
 *
 * <pre>{@code
 * @Test
 * void aHungConsumerDoesNotKeepThePoolOpen(
 *         Stop stop, VirtualTime time, FakeSignals signals, RecordingExit exit) throws Exception {
 *     Pool pool = new Pool();
 *     stop.step(Phase.FINISH, "orders", deadline -> time.hang());
 *     stop.step(Phase.CLOSE, "pool", pool);
 *     signals.raise(Signal.TERM);
 *     // Something was forced; known at once, after 22.5 s of virtual time:
 *     assertEquals(3, exit.await());
 *     assertTrue(pool.isClosed());
 * }
 * }</pre>
 *
 * <p>A test method, {@code @BeforeEach} or {@code @AfterEach} method may have parameters of these types, and
 * all parameters of one test belong together:
 *
 * <ul>
 *   <li>{@link VirtualTime}: the time, which begins with the first of these parameters; the test's thread
 *       takes part in it;
 *   <li>{@link FakeSignals} and {@link RecordingExit};
 *   <li>{@link Stop}: a started stop with the defaults, these three, and no other trigger;
 *   <li>{@link Stop.Builder}: the same before its start, for what an application sets; a new one for each
 *       parameter.
 * </ul>
 *
 * <p>After the test, a stop that was not asked for is closed, and the time with all its threads is. A test
 * that ends while its stop is under way fails, unless it has failed already: its assertions were made too
 * early. Tests may run in parallel.
 *
 * @since 0.1
 */
public final class StopExtension
        implements ParameterResolver, InvocationInterceptor, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(StopExtension.class);

    private static final Set<Class<?>> TYPES = Set.of(
            VirtualTime.class,
            FakeSignals.class,
            RecordingExit.class,
            Stop.class,
            Stop.Builder.class);

    /** Makes the extension; JUnit does, for {@code @ExtendWith}. */
    public StopExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        // Not for constructors and @BeforeAll: what several tests shared would not be of one test.
        return context.getTestMethod().isPresent()
                && TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Bench bench = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Bench.class, key -> new Bench(), Bench.class);
        return bench.get(parameter.getParameter().getType());
    }

    // ---- a test with a timeout of JUnit may run on a thread of its own

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    private static void proceed(Invocation<Void> invocation, ExtensionContext context)
            throws Throwable {
        Bench bench = context.getStore(NAMESPACE).get(Bench.class, Bench.class);
        if (bench != null) {
            bench.time.handOver();
        }
        invocation.proceed();
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        Bench bench = context.getStore(NAMESPACE).remove(Bench.class, Bench.class);
        if (bench != null) {
            bench.clear(context.getExecutionException().isPresent());
        }
    }
}
