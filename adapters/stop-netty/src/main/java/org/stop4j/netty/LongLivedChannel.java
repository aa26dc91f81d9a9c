package org.stop4j.netty;

import io.netty.channel.Channel;

import org.stop4j.Deadline;

/**
 * How a connection that does not end by itself is told that the process stops: a WebSocket, a stream of events, a
 * tunnel.
 *
 * @see NettyStop#http1(LongLivedChannel)
 * @since 0.1
 */
@FunctionalInterface
public interface LongLivedChannel {

    /**
     * Begins to end it: writes the last message, closes the channel. Called once, when the stop begins, or when
     * the connection becomes long-lived after that; on a thread of the stop, or on the event loop. Must be quick, and
     * not wait for the end. The work has ended when the channel is closed (or, of a stream of events, the last of its
     * answer was written).
     *
     * @param channel the connection
     * @param deadline until when the stop waits for it; then it is closed
     * @throws Exception if it cannot; the stop waits for the connection all the same, and its report tells
     */
    void stopping(Channel channel, Deadline deadline) throws Exception;
}
