/** {@code stop check}: tells what is wrong with the stop in Kubernetes manifests. */
module org.stop4j.check {
    requires org.snakeyaml.engine.v2;
    requires static org.jspecify;

    exports org.stop4j.check;
}
