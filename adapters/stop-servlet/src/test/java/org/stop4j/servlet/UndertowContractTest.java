package org.stop4j.servlet;

class UndertowContractTest extends ServletContract {
    UndertowContractTest() {
        super(Container.UNDERTOW);
    }

    /**
     * It says so when somebody connects in the instant in which what listens is closed. It could be made to accept
     * nobody before, but that also closes all connections.
     */
    @Override
    protected boolean isHarmless(String logger, String message) {
        return logger.startsWith("org.xnio.")
                && (message.contains("Failed to accept")
                        || (message.contains("NioTcpServer")
                                && message.contains("failed with an exception")));
    }
}
