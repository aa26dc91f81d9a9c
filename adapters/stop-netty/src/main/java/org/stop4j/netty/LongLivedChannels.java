package org.stop4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;

import java.time.Duration;

/** How what does not end by itself is told that the process stops. */
final class LongLivedChannels {
    /** For who is upgraded when the gate has been closed: the stop does not wait for it. */
    private static final Duration LATE = Duration.ofMillis(500);

    private static final String EVENT_STREAM = "text/event-stream";

    private final @Nullable LongLivedChannel chosen;

    LongLivedChannels(@Nullable LongLivedChannel chosen) {
        this.chosen = chosen;
    }

    /** Whether an answer of this type does not end by itself. */
    static boolean isEventStream(@Nullable CharSequence contentType) {
        return contentType != null
                && contentType
                        .toString()
                        .regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
    }

    /** Tells an upgraded connection. */
    void tell(Channel channel, Deadline deadline) throws Exception {
        if (!tellAsChosen(channel, deadline)) {
            sayGoodbye(channel);
        }
    }

    /** Tells one for which the stop does not wait. */
    // Throwable: other languages throw checked exceptions where none is declared.
    @SuppressWarnings("CatchingUnchecked")
    void tellLate(Channel channel) {
        try {
            tell(channel, Deadline.after(LATE));
        } catch (Throwable failure) {
            channel.pipeline().fireExceptionCaught(failure);
        }
    }

    /** Does what was chosen; false if nothing was. */
    boolean tellAsChosen(Channel channel, Deadline deadline) throws Exception {
        if (chosen == null) {
            return false;
        }
        chosen.stopping(channel, deadline);
        return true;
    }

    private static void sayGoodbye(Channel channel) {
        if (channel.pipeline().get(WebSocketFrameEncoder.class) == null) {
            channel.close();
        } else {
            // The client answers with a close frame of its own, and then the one behind closes.
            channel.writeAndFlush(new CloseWebSocketFrame(
                            WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "the server stops"))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }
}
