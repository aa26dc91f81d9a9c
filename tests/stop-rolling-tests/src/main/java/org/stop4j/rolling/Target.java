package org.stop4j.rolling;

/** Where clients connect to, on the loopback address: an instance, or the balancer in front of some. */
interface Target {
    int port();

    /** Where the open connection with this local port at the client's end has come to. */
    Whereabouts whereabouts(int localPort);
}
