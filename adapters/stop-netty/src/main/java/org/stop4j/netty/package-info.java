/**
 * Netty servers that lose no request when they are stopped. The door is {@link org.stop4j.netty.NettyStop}.
 */
@NullMarked
package org.stop4j.netty;

import org.jspecify.annotations.NullMarked;
