/**
 * Stops a gRPC server in order: its calls are counted at the gate, its streams are told, its connections go away
 * before anything is refused.
 *
 * <p>The door is {@link org.stop4j.grpc.GrpcStop}. Beside it, {@link org.stop4j.grpc.GrpcHealth} needs {@code
 * grpc-services}, and {@link org.stop4j.grpc.NettyLoops} needs {@code grpc-netty-shaded}.
 */
// gRPC has no module descriptors, only names.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module org.stop4j.grpc {
    requires transitive org.stop4j;
    requires transitive io.grpc;
    // Each for one class, GrpcHealth and NettyLoops; who does not use that needs none.
    requires static io.grpc.services;
    requires static com.google.protobuf;
    requires static io.grpc.netty.shaded;
    requires static org.jspecify;

    exports org.stop4j.grpc;
}
