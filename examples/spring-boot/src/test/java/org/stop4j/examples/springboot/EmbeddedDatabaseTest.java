package org.stop4j.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

class EmbeddedDatabaseTest {
    @Test
    void onPostgresTheLastOrdersAreShippedThenConnectionsAreClosedThenTheDatabase()
            throws Exception {
        assumeThatPostgresCanRun();
        ConfigurableApplicationContext context = SpringApplication.run(
                OrdersApplication.class,
                "--spring.profiles.active=postgres",
                "--spring.main.banner-mode=off",
                "--server.port=0",
                "--stop.command=false",
                "--stop.signals=");
        Stop stop = context.getBean(Stop.class);
        try (context) {
            Order order = context.getBean(Orders.class).add("a book");
            assertThat(context.getBean(Orders.class).all())
                    .extracting(Order::id)
                    .containsExactly(order.id());
        }
        Report report = stop.await(Duration.ofSeconds(20)).orElseThrow();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        assertThat(report.steps())
                .extracting(StepReport::name)
                .containsSubsequence("last orders", "bean dataSource", "bean postgres");
    }

    /** It refuses root, unless in a user namespace. */
    private static void assumeThatPostgresCanRun() throws InterruptedException {
        String system = System.getProperty("os.name") + ' ' + System.getProperty("os.arch");
        assumeTrue(
                system.toLowerCase(Locale.ROOT).equals("linux amd64"),
                "there is a PostgreSQL for Linux on amd64 only, not for " + system);
        if (System.getProperty("user.name").equals("root")) {
            assumeTrue(
                    canUnshare(),
                    "PostgreSQL does not run as root, and unshare -U is not there, or not allowed");
        }
    }

    private static boolean canUnshare() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
