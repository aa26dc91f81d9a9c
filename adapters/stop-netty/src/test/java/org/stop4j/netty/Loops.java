package org.stop4j.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;

/** Event loops of 4.1, which 4.2 has as well. */
final class Loops {
    private Loops() {}

    static EventLoopGroup make(int threads) {
        return new NioEventLoopGroup(threads);
    }
}
