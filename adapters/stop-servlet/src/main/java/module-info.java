/**
 * Stop for servlet containers: every request is work in flight, and the listeners are closed in order.
 *
 * <p>The filter and its listener need the Servlet API alone. {@code TomcatStep}, {@code JettyStep} and {@code
 * UndertowStep} also need their container, which whoever uses them has; with our module on the module path, the
 * container's must be readable for it: {@code --add-reads org.stop4j.servlet=ALL-UNNAMED} if it is on the class
 * path, and its module otherwise.
 */
module org.stop4j.servlet {
    requires transitive org.stop4j;
    requires transitive jakarta.servlet;
    requires static java.management; // by which containers describe themselves
    requires static org.jspecify;
    // None of the containers, not even `requires static`: the module of embedded Tomcat contains
    // the packages of
    // jakarta.servlet itself, so that no module can be compiled that reads both; and Undertow is no
    // module.

    exports org.stop4j.servlet;
}
