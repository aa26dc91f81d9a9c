package org.stop4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;

import org.junit.jupiter.api.Test;
import org.stop4j.Deadline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

class EventLoopsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /**
     * Between its last look at its tasks and its end an event loop takes a task and never runs it. A thousand ends, and
     * a task handed over at other moments of each.
     */
    @Test
    void anEventLoopThatSomebodyElseEndsMeanwhileIsNotWaitedFor() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            EventLoopGroup group = Loops.make(1);
            EventLoops loops = new EventLoops();
            loops.add(List.of(group));
            loops.awaitQueued(Deadline.after(LONG)); // it runs
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            Deadline deadline = Deadline.after(LONG);
            while (!group.isTerminated()) {
                loops.awaitQueued(deadline);
            }
            assertThat(deadline.expired()).as("round %s took %s", round, LONG).isFalse();
        }
    }
}
