package org.stop4j.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as they are written in a URL. */
final class Addresses {
    private Addresses() {}

    /** {@code 127.0.0.1:8081}, {@code [0:0:0:0:0:0:0:1]:8081}. */
    static String plain(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String written = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + written + "]" : written) + ":"
                + address.getPort();
    }
}
