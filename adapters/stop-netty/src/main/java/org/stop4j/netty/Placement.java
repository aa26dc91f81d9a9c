package org.stop4j.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Where a handler stands. */
final class Placement {
    private Placement() {}

    /** Closes the connection, and fails, if the handler is at a place where it would count nothing, or miscount. */
    static void check(
            ChannelHandlerContext ctx, String name, List<Class<? extends ChannelHandler>> codecs) {
        String wrong = "";
        if (ctx.executor() != ctx.channel().eventLoop()) {
            wrong =
                    " was added with an executor of its own; allowed: the event loop of its channel";
        } else if (!isBehind(ctx, codecs)) {
            wrong = " was added without a codec before it; allowed: behind "
                    + codecs.get(0).getSimpleName();
        }
        if (!wrong.isEmpty()) {
            ctx.close(); // rather than requests that nobody waits for
            throw new IllegalStateException(name + wrong);
        }
    }

    private static boolean isBehind(
            ChannelHandlerContext ctx, List<Class<? extends ChannelHandler>> codecs) {
        for (Map.Entry<String, ChannelHandler> entry : ctx.pipeline()) {
            if (entry.getValue() == ctx.handler()) {
                return false;
            }
            if (codecs.stream().anyMatch(codec -> codec.isInstance(entry.getValue()))) {
                return true;
            }
        }
        return false;
    }

    /** Does it on the event loop; false if that has ended. */
    static boolean onLoop(Executor eventLoop, Runnable task) {
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException loopHasEnded) {
            // Then it has closed its channels, or nobody can.
            return false;
        }
    }
}
