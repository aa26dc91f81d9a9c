package org.stop4j.grpc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;

import org.junit.jupiter.api.Nested;
import org.stop4j.Stop;
import org.stop4j.testing.ServerContract;

import java.net.ConnectException;
import java.util.concurrent.TimeUnit;

/** The contract of adapters, kept by gRPC over Netty. */
class GrpcContractTest {

    @Nested
    class OnTheThreadsThatGrpcShares extends Contract {
        OnTheThreadsThatGrpcShares() {
            super(Transport.NETTY);
        }
    }

    @Nested
    class OnItsOwnThreads extends Contract {
        OnItsOwnThreads() {
            super(Transport.NETTY_LOOPS);
        }
    }

    private abstract static class Contract extends ServerContract {
        private final Transport transport;

        Contract(Transport transport) {
            this.transport = transport;
        }

        @Override
        protected Server start(Stop stop, Service service) throws Exception {
            GrpcStop grpc = GrpcStop.of(stop);
            io.grpc.Server server = transport
                    .server(stop, 0)
                    .addService(definition(service))
                    .intercept(grpc)
                    .build()
                    .start();
            grpc.server("grpc", server);
            return new Running(server, server.getPort(), transport);
        }

        private static ServerServiceDefinition definition(Service service) {
            return ServerServiceDefinition.builder("test.Jobs")
                    .addMethod(Jobs.RUN, ServerCalls.asyncUnaryCall((request, answer) -> {
                        try {
                            answer.onNext(service.serve(request));
                            answer.onCompleted();
                        } catch (RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .build();
        }

        @Override
        protected String workName(String request) {
            return "test.Jobs/Run";
        }
    }

    private record Running(io.grpc.Server server, int port, Transport transport)
            implements ServerContract.Server {
        @Override
        public ServerContract.Client client() {
            return new Calls(transport.connectAsUsual(port));
        }

        @Override
        public void close() throws InterruptedException {
            server.shutdownNow().awaitTermination();
        }
    }

    private record Calls(ManagedChannel channel) implements ServerContract.Client {
        @Override
        public ServerContract.Call call(String request) {
            try {
                return ServerContract.Call.answered(ClientCalls.blockingUnaryCall(
                        channel,
                        Jobs.RUN,
                        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                        request));
            } catch (StatusRuntimeException e) {
                return isRefusal(e.getStatus())
                        ? ServerContract.Call.refused(e.getStatus().toString())
                        : ServerContract.Call.lost(e.getStatus().toString());
            }
        }

        /**
         * To a client of gRPC it is all one, UNAVAILABLE, and it calls elsewhere: that the server says so, that a
         * GOAWAY came before the call was sent, and that nobody listens any more. If the handler has seen
         * such a call, the contract finds out.
         */
        private static boolean isRefusal(Status status) {
            return status.getCode() == Status.Code.UNAVAILABLE
                    && (String.valueOf(status.getDescription()).contains("this server is stopping")
                            || String.valueOf(status.getDescription()).contains("GOAWAY")
                            || status.getCause() instanceof ConnectException);
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }
}
