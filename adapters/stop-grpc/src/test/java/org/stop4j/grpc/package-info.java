/** Every promise over real channels: in the process, and over Netty on loopback. */
@NullMarked
package org.stop4j.grpc;

import org.jspecify.annotations.NullMarked;
