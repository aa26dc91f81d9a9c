package org.stop4j.servlet;

class TomcatFilterTest extends FilterPromises {
    TomcatFilterTest() {
        super(Container.TOMCAT);
    }
}
