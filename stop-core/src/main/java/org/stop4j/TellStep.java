package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletionStage;

/** Tells long-lived work, at the very start of the stop, that it has begun. */
final class TellStep extends StepWork {
    private final Traffic traffic;
    private volatile String detail = "";

    TellStep(Traffic traffic) {
        this.traffic = traffic;
    }

    @Override
    @Nullable
    CompletionStage<?> begin(Deadline deadline, Reason reason) throws InterruptedException {
        Teller teller = traffic.teller();
        try {
            teller.tellInTurn(deadline);
        } finally {
            detail = teller.told() + " told";
        }
        teller.throwFailures();
        return null;
    }

    @Override
    String detail() {
        return detail;
    }
}
