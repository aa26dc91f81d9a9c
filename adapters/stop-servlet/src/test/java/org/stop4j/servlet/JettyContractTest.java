package org.stop4j.servlet;

class JettyContractTest extends ServletContract {
    JettyContractTest() {
        super(Container.JETTY);
    }
}
