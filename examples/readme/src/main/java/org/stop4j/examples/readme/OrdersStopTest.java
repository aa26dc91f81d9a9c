package org.stop4j.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.stop4j.Phase;
import org.stop4j.Signal;
import org.stop4j.Stop;
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;

/** The tests that README and Javadoc show; run like those of any project. */
@ExtendWith(StopExtension.class)
class OrdersStopTest {
    @Test
    void aHungConsumerDoesNotKeepThePoolOpen(
            Stop stop, VirtualTime time, FakeSignals signals, RecordingExit exit) throws Exception {
        Pool pool = new Pool();
        stop.step(Phase.FINISH, "orders", deadline -> time.hang());
        stop.step(Phase.CLOSE, "pool", pool);
        signals.raise(Signal.TERM);
        // Something was forced; known at once, after 22.5 s of virtual time:
        assertEquals(3, exit.await());
        assertTrue(pool.isClosed());
    }

    @Test
    void withoutTheExtension() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            RecordingExit exit = new RecordingExit(time);
            Stop stop = Stop.builder().time(time).exit(exit).start();
            stop.step(Phase.DRAIN, "http", deadline -> time.sleep(Duration.ofSeconds(3)));
            stop.request("test");
            assertEquals(0, exit.await());
            assertEquals(Duration.ofSeconds(3), time.elapsed());
        }
    }

    private static final class Pool implements AutoCloseable {
        private volatile boolean closed;

        @Override
        public void close() {
            closed = true;
        }

        private boolean isClosed() {
            return closed;
        }
    }
}
