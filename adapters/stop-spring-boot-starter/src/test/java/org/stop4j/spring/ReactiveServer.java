package org.stop4j.spring;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/** Chooses Reactor Netty, although other servers are on the class path; its factory has moved from line to line. */
final class ReactiveServer implements ImportBeanDefinitionRegistrar {
    @Override
    public void registerBeanDefinitions(
            AnnotationMetadata metadata,
            org.springframework.beans.factory.support.BeanDefinitionRegistry registry) {
        ClassLoader loader = ReactiveServer.class.getClassLoader();
        String before = "org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory";
        String now = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";
        Class<?> type = ClassUtils.resolveClassName(
                ClassUtils.isPresent(now, loader) ? now : before, loader);
        registry.registerBeanDefinition("nettyFactory", new RootBeanDefinition(type));
    }
}
