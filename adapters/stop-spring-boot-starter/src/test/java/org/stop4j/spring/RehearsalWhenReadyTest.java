package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class RehearsalWhenReadyTest {
    @Configuration(proxyBeanMethods = false)
    static class App {}

    @Test
    void itIsRunBesideWhenTheApplicationIsReadyAndOnce() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        RehearsalWhenReady rehearsal = new RehearsalWhenReady();
        rehearsal.execute(() -> {
            if (!ran.complete(Thread.currentThread())) {
                throw new AssertionError("run twice");
            }
        });
        assertThat(ran).isNotDone();

        SpringApplication application = new SpringApplication(App.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.addListeners(rehearsal);
        application.run("--stop.enabled=false").close();

        Thread thread = ran.get(10, TimeUnit.SECONDS);
        assertThat(thread.getName()).isEqualTo("stop-rehearsal");
        assertThat(thread.isDaemon()).isTrue();
    }
}
