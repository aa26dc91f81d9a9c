package org.stop4j.spring.apps;

import jakarta.annotation.PreDestroy;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

import java.util.concurrent.CountDownLatch;

/** {@code app.hangs}: a bean that is never destroyed, whatever is done to it. */
@Component
@ConditionalOnProperty("app.hangs")
class Hanging {
    private final CountDownLatch never = new CountDownLatch(1);

    @PreDestroy
    void hang() {
        while (never.getCount() > 0) {
            try {
                never.await();
            } catch (InterruptedException e) {
                System.out.println("interrupted in vain");
            }
        }
    }
}
