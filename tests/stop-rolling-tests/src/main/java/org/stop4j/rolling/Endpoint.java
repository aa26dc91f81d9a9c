package org.stop4j.rolling;

/** Where a {@link Balancer} leads connections to. */
record Endpoint(String name, int port) {
    static Endpoint of(Instance instance) {
        return new Endpoint(instance.name(), instance.port());
    }
}
