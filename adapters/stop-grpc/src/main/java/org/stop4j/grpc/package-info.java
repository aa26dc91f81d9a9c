/**
 * Stops a gRPC server in order. The door is {@link org.stop4j.grpc.GrpcStop}.
 */
@NullMarked
package org.stop4j.grpc;

import org.jspecify.annotations.NullMarked;
