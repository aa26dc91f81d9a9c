package org.stop4j.examples.grpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import org.stop4j.ControlDirectoryException;
import org.stop4j.Stop;
import org.stop4j.grpc.GrpcHealth;
import org.stop4j.grpc.GrpcStop;
import org.stop4j.grpc.NettyLoops;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A gRPC service that loses no call when it is stopped by a signal or the {@code stop} command. */
public final class GrpcMain {
    private GrpcMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        try {
            int port = port(arguments);
            Stop stop = Stop.builder().onSignals().onCommand().start();
            serve(stop, port);
            stop.await(); // gRPC's own threads keep no process alive
        } catch (IOException | IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("grpc: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int port(String[] arguments) {
        int port = 8080;
        for (String argument : arguments) {
            if (!argument.startsWith("--port=")) {
                throw new IllegalArgumentException(
                        "unknown argument \"" + argument + "\"; allowed: --port=P");
            }
            port = Job.number("--port", argument.substring("--port=".length()), 65_535);
        }
        return port;
    }

    private static void serve(Stop stop, int port) throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        GrpcStop grpc = GrpcStop.of(stop);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Server server = NettyLoops.of(stop, "grpc loops")
                .applyTo(builder)
                .addService(jobs())
                .addService(health.getHealthService())
                .intercept(grpc) // the last one, so that it is the first to be asked
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new IOException("cannot listen on port " + port + ": " + e.getMessage(), e);
        }
        grpc.server("grpc", server);
        GrpcHealth.follow(stop, health, "Job");
        System.out.println("listening on " + server.getPort());
    }

    private static ServerServiceDefinition jobs() {
        return ServerServiceDefinition.builder("Job")
                .addMethod(Job.RUN, ServerCalls.asyncUnaryCall(GrpcMain::run))
                .build();
    }

    private static void run(byte[] request, StreamObserver<byte[]> answer) {
        try {
            Job job = Job.of(request);
            Thread.sleep(job.millis());
            answer.onNext(job.answer());
            answer.onCompleted();
        } catch (IllegalArgumentException e) {
            answer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.onError(Status.CANCELLED.asRuntimeException());
        }
    }
}
