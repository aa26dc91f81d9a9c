package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.stop4j.Stop;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * Gives an application its {@link Stop}, and has the context closed by it in order. Not in a context below one that has
 * a stop already.
 *
 * @since 0.1
 */
@AutoConfiguration(after = LifecycleAutoConfiguration.class)
@ConditionalOnProperty(name = "stop.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(Stop.class)
@EnableConfigurationProperties(StopProperties.class)
public class StopAutoConfiguration {
    /** Made by Spring. */
    StopAutoConfiguration() {}

    @Bean
    static Surroundings.Finder stopSurroundingsFinder() {
        return new Surroundings.Finder();
    }

    /** Is there if others send requests here. */
    record WebTraffic() {}

    @Bean
    @ConditionalOnWebApplication
    WebTraffic stopWebTraffic() {
        return new WebTraffic();
    }

    /** Starts the stop, too: whoever has that may ask for it at once, and then the steps must be there. */
    @Bean(destroyMethod = "uninstall")
    ContextClosing stopContextClosing(
            StopProperties properties,
            Surroundings surroundings,
            ConfigurableApplicationContext context,
            ObjectProvider<WebTraffic> web,
            ObjectProvider<StopCustomizer> customizers) {
        Settings settings = new Settings(properties, surroundings, web.getIfAvailable() != null);
        Settings.warnOfOther(properties, context.getEnvironment());
        RehearsalWhenReady rehearsal = new RehearsalWhenReady();
        context.addApplicationListener(rehearsal);
        List<StopCustomizer> all = customizers.orderedStream().toList();
        return new ContextClosing(
                start(settings, all, rehearsal, context.getBeanFactory().getBeanClassLoader()),
                context);
    }

    /**
     * The threads of the stop have the loader of the context. This one may have that of Tomcat's, since the filter is made
     * while Tomcat starts: which loads nothing any more when Tomcat is stopped, and says that who still has it is a leak.
     */
    private static Stop start(
            Settings settings,
            List<StopCustomizer> customizers,
            Executor rehearsals,
            @Nullable ClassLoader loader) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return settings.start(customizers, rehearsals);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** By a name that nobody else has: an application may have stops of buses, or a bean that is called so. */
    @Bean(name = "org.stop4j.Stop", destroyMethod = "")
    Stop stop(ContextClosing closing) {
        return closing.stop();
    }

    @Bean
    ReadinessBridge stopReadinessBridge(Stop stop, ConfigurableApplicationContext context) {
        return new ReadinessBridge(stop, context);
    }

    /** Boot makes one, unless that was excluded. */
    @Bean(name = "lifecycleProcessor")
    @ConditionalOnMissingBean(name = "lifecycleProcessor")
    DefaultLifecycleProcessor stopLifecycleProcessor() {
        return new DefaultLifecycleProcessor();
    }

    @Bean
    static PreDestroyMethods stopPreDestroyMethods(ListableBeanFactory beans) {
        return new PreDestroyMethods(beans);
    }

    @Bean
    static DestroyMethods stopDestroyMethods(PreDestroyMethods annotated) {
        return new DestroyMethods(annotated);
    }

    @Bean
    static HeldLifecycleProcessor stopHeldLifecycleProcessor() {
        return new HeldLifecycleProcessor();
    }
}
