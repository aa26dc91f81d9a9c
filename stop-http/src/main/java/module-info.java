/** Stop, probes and the gate over HTTP, by the JDK's own server. */
module org.stop4j.http {
    requires transitive org.stop4j;
    requires transitive jdk.httpserver;
    requires static org.jspecify;

    exports org.stop4j.http;
}
