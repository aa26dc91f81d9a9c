package org.stop4j.examples.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;

import org.stop4j.Stop;
import org.stop4j.grpc.GrpcHealth;
import org.stop4j.grpc.GrpcStop;
import org.stop4j.grpc.NettyLoops;

import java.io.IOException;

/** What the Javadoc of the adapter shows, so that it compiles. Nothing of this is run. */
final class Snippets {
    private Snippets() {}

    static void interceptor(Stop stop, BindableService orders) throws IOException {
        GrpcStop grpc = GrpcStop.of(stop);
        Server server = ServerBuilder.forPort(8080)
                .addService(orders)
                .intercept(grpc) // the last one, so that it is the first to be asked
                .build()
                .start();
        grpc.server("grpc", server);
    }

    static Server health(Stop stop, GrpcStop grpc, BindableService orders) throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        Server server = ServerBuilder.forPort(8080)
                .addService(orders)
                .addService(health.getHealthService())
                .intercept(grpc)
                .build()
                .start();
        GrpcHealth.follow(stop, health, "example.Orders");
        return server;
    }

    static Server loops(Stop stop, GrpcStop grpc, BindableService orders) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forPort(8080);
        Server server = NettyLoops.of(stop, "grpc loops")
                .applyTo(builder)
                .addService(orders)
                .intercept(grpc)
                .build()
                .start();
        return server;
    }
}
