package org.stop4j.servlet;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class JettyFilterTest extends FilterPromises {
    private static final String NO_UPGRADE =
            "Jetty 12 has no HttpServletRequest.upgrade; see JettyWebSocketTest";

    JettyFilterTest() {
        super(Container.JETTY);
    }

    @Test
    @Override
    void anUpgradedConnectionNeitherHoldsUpTheStopNorOutlivesIt() {
        Assumptions.abort(NO_UPGRADE);
    }

    @Test
    @Override
    void aConnectionThatIsUpgradedWhileTheStopBeginsStaysUpgraded() {
        Assumptions.abort(NO_UPGRADE);
    }
}
