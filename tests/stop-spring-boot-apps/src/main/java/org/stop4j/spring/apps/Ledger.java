package org.stop4j.spring.apps;

import jakarta.annotation.PreDestroy;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.stop4j.State;
import org.stop4j.Stop;

import java.time.Duration;

/**
 * {@code app.ledger}: {@code /enter} begins a transaction, and goes on with it when the stop has begun; at the end, the ledger is closed
 * by an entry of its own.
 */
@RestController
@ConditionalOnProperty("app.ledger")
class Ledger {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Stop stop;

    Ledger(JdbcTemplate jdbc, TransactionTemplate transactions, Stop stop) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.stop = stop;
        jdbc.execute("create table ledger (entry varchar)");
    }

    @RequestMapping("/enter")
    String enter() {
        transactions.executeWithoutResult(transaction -> {
            write("first");
            System.out.println("in a transaction");
            awaitStop();
            write("second");
        });
        return "entered\n";
    }

    private void awaitStop() {
        try {
            stop.await(State.DRAINING, Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in a transaction", e);
        }
    }

    private void write(String entry) {
        jdbc.update("insert into ledger values (?)", entry);
    }

    @PreDestroy
    void close() {
        write("closed");
        System.out.println("ledger closed");
    }
}
