package org.stop4j.spring;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;

/** What the context is a part of, and so what its stop may do. */
enum Surroundings {
    /** A process that is this application: it is ended by the stop, and the stop is asked for from outside. */
    PROCESS,
    /** A servlet container, which ends the application when it likes, and lives on. */
    CONTAINER,
    /** A test, which takes no signal, writes no file and lives on. */
    TEST;

    /** The name of a singleton that is there in the context of a test. */
    static final String TEST_MARKER = "org.stop4j.spring.test";

    private static final String NAME = "stopSurroundings";

    boolean endsProcess() {
        return this == PROCESS;
    }

    /** Finds them before the web server is made: afterwards, an embedded one looks like any other. */
    static final class Finder implements BeanFactoryPostProcessor, ApplicationContextAware {
        private boolean inContainer;

        @Override
        public void setApplicationContext(ApplicationContext context) {
            inContainer = isWeb() && hasServletContext(context);
        }

        private static boolean isWeb() {
            ClassLoader loader = Surroundings.class.getClassLoader();
            return ClassUtils.isPresent(
                            "org.springframework.web.context.WebApplicationContext", loader)
                    && ClassUtils.isPresent("jakarta.servlet.ServletContext", loader);
        }

        private static boolean hasServletContext(ApplicationContext context) {
            return context instanceof WebApplicationContext web && web.getServletContext() != null;
        }

        @Override
        public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
            if (!beans.containsSingleton(NAME)) {
                beans.registerSingleton(NAME, find(beans));
            }
        }

        private Surroundings find(ConfigurableListableBeanFactory beans) {
            if (beans.containsSingleton(TEST_MARKER)) {
                return TEST;
            }
            return inContainer ? CONTAINER : PROCESS;
        }
    }
}
