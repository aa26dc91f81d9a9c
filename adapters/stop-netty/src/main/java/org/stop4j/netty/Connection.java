package org.stop4j.netty;

import io.netty.channel.Channel;

/** A connection whose requests are counted. Its methods may be called on any thread, and do not wait. */
interface Connection {

    Channel channel();

    /** The gate is closed: says that nothing more is taken, where the protocol has words for that. */
    void leave();

    /** Nothing is in flight any more: closes, as soon as what is being said is said. */
    void end();

    /** Closes, whatever is under way. */
    void cut();
}
