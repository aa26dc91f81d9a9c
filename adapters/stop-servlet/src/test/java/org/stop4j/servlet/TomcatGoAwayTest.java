package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;

import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Stop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Objects;

class TomcatGoAwayTest {
    private final Stop stop = Stop.builder().exit(Exit.never()).start();
    private final Tomcat tomcat = new Tomcat();
    private final Http2Protocol http2 = new Http2Protocol();
    private final Connector connector = new Connector();

    @BeforeEach
    void describe() {
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
    }

    @AfterEach
    void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        stop.close();
    }

    private ServletContext start() throws Exception {
        Context context = tomcat.addContext("", null);
        tomcat.start();
        return context.getServletContext();
    }

    @Test
    void aTomcatWithoutHttp2IsLeftAlone() throws Exception {
        assertThat(GoAway.of(start(), stop)).isSameAs(GoAway.NONE);
    }

    @Test
    void oneThatSpeaksHttp2IsToldToServeOn() throws Exception {
        connector.addUpgradeProtocol(http2);
        assertThat(GoAway.of(start(), stop)).isInstanceOf(TomcatGoAway.class);
        assertThat(http2.getDrainTimeout()).isPositive();
    }

    @Test
    void whatSomebodyElseHasSetStays() throws Exception {
        http2.setDrainTimeout(7);
        connector.addUpgradeProtocol(http2);
        assertThat(GoAway.of(start(), stop)).isInstanceOf(TomcatGoAway.class);
        assertThat(http2.getDrainTimeout()).isEqualTo(7);
    }

    /** It serves other applications on the same connections, and does not end with this one. */
    @Test
    void aTomcatInWhichWeAreDeployedIsLeftAlone() throws Exception {
        connector.addUpgradeProtocol(http2);
        Class<?> deployed = new OfAnApplication().loadClass(GoAway.class.getName());
        assertThat(deployed).isNotSameAs(GoAway.class);
        Method of = deployed.getDeclaredMethod("of", ServletContext.class, Stop.class);
        of.setAccessible(true);
        assertThat(of.invoke(null, start(), stop).getClass().getName())
                .isEqualTo(GoAway.NONE.getClass().getName());
        assertThat(http2.getDrainTimeout()).isZero();
    }

    /** Has our classes once more, as an application has that is deployed with our jar. */
    private static final class OfAnApplication extends ClassLoader {
        private OfAnApplication() {
            super(TomcatGoAwayTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("org.stop4j.servlet.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = Objects.requireNonNull(getResourceAsStream(file), file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
