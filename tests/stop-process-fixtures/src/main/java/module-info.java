/** Small applications that the process tests run in JVMs of their own. */
module org.stop4j.fixtures {
    requires org.stop4j;
    requires org.stop4j.http;
    requires java.logging;
    requires static org.jspecify;

    exports org.stop4j.fixtures;
}
