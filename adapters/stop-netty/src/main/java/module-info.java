/**
 * Netty servers that lose no request when they are stopped.
 *
 * <p>The door is {@link org.stop4j.netty.NettyStop}.
 */
// Netty's jars have names of modules, but no descriptors.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module org.stop4j.netty {
    requires transitive org.stop4j;
    requires transitive io.netty.transport;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.common;
    requires static org.jspecify;

    exports org.stop4j.netty;
}
