package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.spi.Time;

import java.time.Duration;

class DeadlineTest {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private long now;
    private final Time ticker = new Time() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Monitor monitor() {
            throw new UnsupportedOperationException("a deadline waits for nothing");
        }

        @Override
        public Thread thread(Runnable work, String name) {
            throw new UnsupportedOperationException("a deadline runs nothing");
        }
    };

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                Long.MAX_VALUE,
                Long.MAX_VALUE - 50,
                Long.MIN_VALUE,
                Long.MIN_VALUE + 1
            })
    void aDeadlineIsTheSameWhereverTheTickerStandsAndWhenItWraps(long start) {
        now = start;
        Deadline deadline = Deadline.after(Duration.ofNanos(100), ticker);
        assertThat(deadline.remainingNanos()).isEqualTo(100);
        assertThat(deadline.expired()).isFalse();
        now += 99;
        assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(1));
        assertThat(deadline.expired()).isFalse();
        now += 1;
        assertThat(deadline.remainingNanos()).isZero();
        assertThat(deadline.expired()).isTrue();
    }

    @Test
    void nothingIsLeftLongAfterTheInstantEither() {
        Deadline deadline = Deadline.after(Duration.ZERO, ticker);
        now += LONGEST.toNanos();
        assertThat(deadline.remaining()).isZero();
        assertThat(deadline.expired()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE, Long.MIN_VALUE})
    void timeWithoutEndCountsAsSeventyThreeYears(long start) {
        now = start;
        Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), ticker);
        assertThat(deadline.remaining())
                .isEqualTo(LONGEST)
                .isGreaterThan(Duration.ofDays(73 * 365));
        assertThat(deadline.within(Duration.ofSeconds(Long.MAX_VALUE))).isSameAs(deadline);
    }

    @Test
    void aCeilingOnlyShortens() {
        now = Long.MAX_VALUE - 10;
        Deadline deadline = Deadline.after(Duration.ofNanos(100), ticker);
        assertThat(deadline.within(Duration.ofNanos(100))).isSameAs(deadline);
        assertThat(deadline.within(Duration.ofNanos(101))).isSameAs(deadline);
        Deadline shorter = deadline.within(Duration.ofNanos(40));
        assertThat(shorter.remainingNanos()).isEqualTo(40);
        now += 30;
        assertThat(shorter.remainingNanos()).isEqualTo(10);
        assertThat(deadline.remainingNanos()).isEqualTo(70);
        assertThat(deadline.within(Duration.ofNanos(40)).remainingNanos()).isEqualTo(40);
        now += 71;
        assertThat(deadline.within(Duration.ZERO).expired()).isTrue();
    }

    @Test
    void aPartEndsWithTheWholeWhenThatIsShortened() {
        now = Long.MAX_VALUE - 10;
        Deadline whole = Deadline.after(Duration.ofNanos(100), ticker);
        Deadline part = whole.part(now + 60);
        Deadline within = part.within(Duration.ofNanos(50));
        assertThat(part.remainingNanos()).isEqualTo(60);
        part.shortenTo(now + 70); // later: no
        assertThat(part.remainingNanos()).isEqualTo(60);
        part.shortenTo(now + 40);
        assertThat(within.remainingNanos()).isEqualTo(40);
        assertThat(whole.remainingNanos()).isEqualTo(100);
        whole.shortenTo(now + 20);
        assertThat(within.remainingNanos()).isEqualTo(20);
        now += 20;
        assertThat(within.expired()).isTrue();
    }

    @Test
    void aNegativeTimeIsRefusedByName() {
        assertThatThrownBy(() -> Deadline.after(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S")
                .hasMessageContaining("zero or more");
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), ticker);
        assertThatThrownBy(() -> deadline.within(Duration.ofSeconds(Long.MIN_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itSaysHowMuchIsLeft() {
        assertThat(Deadline.after(Duration.ofMillis(3_250), ticker)).hasToString("in 3.2 s");
    }
}
