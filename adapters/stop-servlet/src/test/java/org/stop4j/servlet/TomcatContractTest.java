package org.stop4j.servlet;

class TomcatContractTest extends ServletContract {
    TomcatContractTest() {
        super(Container.TOMCAT);
    }

    /**
     * It would like to look for leaks in the JDK when a context ends; and it finds that a random generator takes
     * long to make, on a machine with other things to do.
     */
    @Override
    protected boolean isHarmless(String logger, String message) {
        return switch (logger) {
            case "org.apache.catalina.loader.WebappClassLoaderBase" ->
                message.contains("--add-opens");
            case "org.apache.catalina.util.SessionIdGeneratorBase" ->
                message.contains("Creation of SecureRandom");
            default -> false;
        };
    }
}
