package org.stop4j.servlet;

class UndertowFilterTest extends FilterPromises {
    UndertowFilterTest() {
        super(Container.UNDERTOW);
    }
}
