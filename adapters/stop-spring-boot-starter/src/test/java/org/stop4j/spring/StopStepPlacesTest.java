package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.stop4j.Outcome;
import org.stop4j.Report;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A method that is to be a step, wherever it is: it is run once, or the application does not start. */
class StopStepPlacesTest {
    /** What was run, and through which proxies. */
    private static final List<String> CALLS = new CopyOnWriteArrayList<>();

    private static Application start(List<String> properties, Class<?>... sources) {
        CALLS.clear();
        return Application.start(WebApplicationType.NONE, properties, sources);
    }

    private static void assertCalls(Class<?> source, String... calls) throws Exception {
        try (Application application = start(List.of(), source)) {
            end(application);
            assertThat(CALLS).containsExactlyInAnyOrder(calls);
        }
    }

    private static Report end(Application application) throws InterruptedException {
        Report report = application.end();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        return report;
    }

    private static void assertRefused(Class<?> source, String bean) {
        Throwable thrown = catchThrowable(() -> start(List.of(), source));
        FailureAnalysis analysis = new StopStepFailureAnalyzer().analyze(thrown);
        assertThat(analysis).as("" + thrown).isNotNull();
        assertThat(analysis.getDescription())
                .contains("bean \"" + bean
                        + "\" is no singleton; allowed: a bean of which there is one");
    }

    // ---- classes

    interface Flushing {
        void flush();

        @StopStep
        default void declaredByInterface() {
            CALLS.add("declared by interface");
        }
    }

    abstract static class Base {
        @StopStep
        void inherited() {
            CALLS.add("inherited");
        }

        @StopStep
        abstract void implemented();

        @StopStep
        void overridden() {
            CALLS.add("not overridden");
        }

        @SuppressWarnings("UnusedMethod") // by reflection
        @StopStep
        private void hidden() {
            CALLS.add("hidden");
        }
    }

    static class Derived extends Base implements Flushing {
        private final String state = "state";

        @Override
        void implemented() {
            CALLS.add("implemented");
        }

        @Override
        void overridden() {
            CALLS.add("overridden");
        }

        @StopStep
        @Override
        public void flush() {
            CALLS.add("flush with " + state);
        }

        @StopStep
        public final void last() {
            CALLS.add("final with " + state);
        }
    }

    private static final String[] OF_DERIVED = {
        "inherited",
        "implemented",
        "overridden",
        "hidden",
        "declared by interface",
        "flush with state",
        "final with state"
    };

    private static final MethodInterceptor TELLING = call -> {
        CALLS.add("through proxy");
        return call.proceed();
    };

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plain {
        @Bean
        Derived derived() {
            return new Derived();
        }
    }

    @Test
    void methodsOfSuperclassesAndInterfacesAreRunOnce() throws Exception {
        assertCalls(Plain.class, OF_DERIVED);
    }

    @Configuration
    @EnableAutoConfiguration
    static class Enhanced {
        private final String state = "state";

        @SuppressWarnings("UnusedMethod") // by reflection
        @StopStep
        private void end() {
            CALLS.add("end with " + state);
        }
    }

    @Test
    void oneOfAConfigurationIsRunOnce() throws Exception {
        assertCalls(Enhanced.class, "end with state");
    }

    // ---- proxies

    abstract static class Proxying implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof Derived derived ? proxy(derived) : bean;
        }

        abstract Object proxy(Derived derived);
    }

    @Configuration(proxyBeanMethods = false)
    static class OfClass extends Plain {
        @Bean
        static Proxying proxying() {
            return new Proxying() {
                @Override
                Object proxy(Derived derived) {
                    ProxyFactory factory = new ProxyFactory(derived);
                    factory.setProxyTargetClass(true);
                    factory.addAdvice(TELLING);
                    return factory.getProxy();
                }
            };
        }
    }

    @Test
    void behindAProxyOfItsClassEachIsRunOnceThroughItWhereItCanBe() throws Exception {
        try (Application application = start(List.of(), OfClass.class)) {
            end(application);
            assertThat(CALLS).contains(OF_DERIVED);
            // All but the one that is private, and the one that is final.
            assertThat(CALLS).filteredOn("through proxy"::equals).hasSize(OF_DERIVED.length - 2);
            assertThat(CALLS).hasSize(2 * OF_DERIVED.length - 2);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OfInterface extends Plain {
        @Bean
        static Proxying proxying() {
            return new Proxying() {
                @Override
                Object proxy(Derived derived) {
                    ProxyFactory factory = new ProxyFactory(derived);
                    factory.addAdvice(TELLING);
                    return factory.getProxy();
                }
            };
        }
    }

    /** Not one of Spring's: nobody can ask it what is behind. */
    @Configuration(proxyBeanMethods = false)
    static class Foreign extends Plain {
        @Bean
        static Proxying proxying() {
            return new Proxying() {
                @Override
                Object proxy(Derived derived) {
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {Flushing.class},
                            (proxy, method, arguments) -> {
                                if (method.getDeclaringClass() == Flushing.class) {
                                    CALLS.add("through proxy");
                                }
                                try {
                                    return method.invoke(derived, arguments);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OfInterface.class, Foreign.class})
    void behindAProxyOfItsInterfaceEachIsRunOnceThroughItWhereItCanBe(Class<?> source)
            throws Exception {
        try (Application application = start(List.of(), source)) {
            assertThat(application.context.getBean("derived")).isNotInstanceOf(Derived.class);
            end(application);
            assertThat(CALLS).contains(OF_DERIVED);
            assertThat(CALLS).filteredOn("through proxy"::equals).hasSize(2);
            assertThat(CALLS).hasSize(OF_DERIVED.length + 2);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByFactory extends Plain {
        @Bean
        ProxyFactoryBean proxy(Derived derived) {
            ProxyFactoryBean factory = new ProxyFactoryBean();
            factory.setTarget(derived);
            factory.addAdvice(TELLING);
            return factory;
        }

        @Bean
        Object user(Flushing proxy) {
            return List.of(proxy);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OneScoped {
        @Bean
        @Scope(value = "singleton", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Derived derived() {
            return new Derived();
        }
    }

    @Test
    void theSameObjectThatIsTwoBeansIsRunOnce() throws Exception {
        assertCalls(ByFactory.class, OF_DERIVED);
    }

    @Test
    void aSingletonBehindAScopedProxyIsRunOnceUnderItsOwnName() throws Exception {
        try (Application application = start(List.of(), OneScoped.class)) {
            Report report = end(application);
            assertThat(CALLS).containsExactlyInAnyOrder(OF_DERIVED);
            assertThat(report.steps()).extracting("name").contains("derived.flush");
        }
    }

    // ---- factories

    static class Maker implements FactoryBean<Derived> {
        final boolean one;

        Maker(boolean one) {
            this.one = one;
        }

        @StopStep
        void made() {
            CALLS.add("maker");
        }

        @Override
        public Derived getObject() {
            return new Derived();
        }

        @Override
        public Class<?> getObjectType() {
            return Derived.class;
        }

        @Override
        public boolean isSingleton() {
            return one;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Made {
        @Bean
        Maker derived() {
            return new Maker(true);
        }

        @Bean
        Object user(Derived made) {
            return List.of(made);
        }
    }

    @Test
    void aFactoryAndWhatItMakesAreRunOnce() throws Exception {
        String[] all = java.util.Arrays.copyOf(OF_DERIVED, OF_DERIVED.length + 1);
        all[OF_DERIVED.length] = "maker";
        assertCalls(Made.class, all);
    }

    static class SilentMaker implements FactoryBean<Derived> {
        @Override
        public Derived getObject() {
            return new Derived();
        }

        @Override
        public Class<?> getObjectType() {
            return Derived.class;
        }

        @Override
        public boolean isSingleton() {
            return false;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class MadeAnew {
        @Bean
        SilentMaker several() {
            return new SilentMaker();
        }
    }

    @Test
    void whatAFactoryMakesAnewEachTimeFailsTheStartBeforeItIsAskedFor() {
        assertRefused(MadeAnew.class, "several");
    }

    // ---- scopes

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Prototypes {
        @Bean
        @Scope("prototype")
        Derived several() {
            return new Derived();
        }
    }

    @Test
    void aPrototypeFailsTheStartBeforeItIsAskedFor() {
        assertRefused(Prototypes.class, "several");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Scoped {
        @Bean
        static BeanFactoryPostProcessor scope() {
            return beans -> beans.registerScope("thread", new SimpleThreadScope());
        }

        @Bean
        @Scope(value = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Derived several() {
            return new Derived();
        }
    }

    @Test
    void aBeanOfAScopeFailsTheStartThoughItsProxyIsASingleton() {
        assertRefused(Scoped.class, "several");
    }

    // ---- made late, early, or by nobody

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Late {
        @Bean
        @Lazy
        Derived derived() {
            return new Derived();
        }
    }

    @Test
    void aLazyBeanIsNotMadeForItsStepAndThatIsSaid() throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (Application application = start(List.of(), Late.class)) {
            end(application);
        } finally {
            System.setOut(out);
        }
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("@StopStep at " + Derived.class.getName() + ".flush is no step yet: bean"
                        + " \"derived\" is not made until it is asked for");
        assertThat(CALLS).isEmpty();
    }

    @Test
    void aLazyBeanThatWasMadeIsRunOnce() throws Exception {
        try (Application application = start(List.of(), Late.class)) {
            assertThat(application.context.getBean(Derived.class)).isNotNull();
            end(application);
            assertThat(CALLS).containsExactlyInAnyOrder(OF_DERIVED);
        }
    }

    @Test
    void whereAllBeansAreLazyThoseThatDeclareStepsAreNot() throws Exception {
        try (Application application =
                start(List.of("spring.main.lazy-initialization=true"), Plain.class)) {
            end(application);
            assertThat(CALLS).containsExactlyInAnyOrder(OF_DERIVED);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ByNobody {
        @Bean
        static BeanFactoryPostProcessor registering() {
            return beans -> beans.registerSingleton("derived", new Derived());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Early {
        @Bean
        static Derived derived() {
            return new Derived();
        }

        /** Made before all others, and what it needs even earlier. */
        @Bean
        static BeanPostProcessor needing(Derived derived) {
            return new First(derived);
        }
    }

    record First(Derived derived)
            implements BeanPostProcessor, org.springframework.core.PriorityOrdered {
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {ByNobody.class, Early.class})
    void oneThatWasNeverShownToAPostProcessorIsRunOnce(Class<?> source) throws Exception {
        assertCalls(source, OF_DERIVED);
    }
}
