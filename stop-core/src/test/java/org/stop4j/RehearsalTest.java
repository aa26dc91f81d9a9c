package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class RehearsalTest {
    private final List<Runnable> rehearsals = new ArrayList<>();

    @Test
    void whoeverIsChosenIsGivenTheRehearsalAndMayRunItAtAnyTime() {
        try (Stop stop = Stop.builder().rehearseOn(rehearsals::add).start()) {
            assertThat(rehearsals).hasSize(1);
            rehearsals.get(0).run();
            assertThat(stop.state()).isEqualTo(State.RUNNING);
            assertThat(stop.reason()).isEmpty();
            assertThat(stop.steps()).isEmpty();
        }
        rehearsals.get(0).run(); // too late, and again
    }

    @Test
    void aStopThatDoesNotEndTheProcessIsNotRehearsed() {
        try (Stop stop =
                Stop.builder().exit(Exit.never()).rehearseOn(rehearsals::add).start()) {
            assertThat(stop.state()).isEqualTo(State.RUNNING);
            assertThat(rehearsals).isEmpty();
        }
    }
}
