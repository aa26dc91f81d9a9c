package org.stop4j.grpc;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

import org.stop4j.Registration;
import org.stop4j.Stop;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets the health service of gRPC say whether the process wants to be sent work.
 *
 * <pre>{@code
 * HealthStatusManager health = new HealthStatusManager();
 * Server server = ServerBuilder.forPort(8080)
 *         .addService(orders)
 *         .addService(health.getHealthService())
 *         .intercept(grpc)
 *         .build()
 *         .start();
 * GrpcHealth.follow(stop, health, "example.Orders");
 * }</pre>
 *
 * <p>Needs {@code grpc-services}. {@link GrpcStop} does not count calls of the health service, so that it answers
 * until the server is closed.
 *
 * @since 0.1
 */
public final class GrpcHealth {
    private GrpcHealth() {}

    /**
     * Has the health service follow the readiness of the process: {@code NOT_SERVING} when it is not ready, also
     * while it drains, {@code SERVING} when it is again. Once a stop has begun (if that follows a drain, once it
     * is {@link org.stop4j.State#STOPPING}), all services are {@code NOT_SERVING} for good, also those that are
     * not named here, and whoever watches them is told.
     *
     * @param stop whose readiness it is
     * @param health the health service; set at once, and on every change
     * @param services the names whose status is the readiness of the process, beside the empty one, which stands
     *     for the whole server; leave out those that have a status of their own
     * @return what ends that, and leaves the statuses as they are
     */
    public static Registration follow(Stop stop, HealthStatusManager health, String... services) {
        Set<String> names =
                new LinkedHashSet<>(List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES));
        names.addAll(List.of(services));
        Follower follower = new Follower(stop, health, names);
        // Before it is set for the first time: a change in between would be overwritten.
        Registration readiness = stop.readiness().listen((ready, why) -> follower.follow());
        // A stop that follows a drain changes nothing in the readiness.
        Registration states = stop.listen(change -> follower.follow());
        follower.follow();
        return () -> {
            readiness.close();
            states.close();
        };
    }

    private static final class Follower {
        private final Stop stop;
        private final HealthStatusManager health;
        private final Set<String> names;
        /** Guarded by this. */
        private boolean ended;

        private Follower(Stop stop, HealthStatusManager health, Set<String> names) {
            this.stop = stop;
            this.health = health;
            this.names = names;
        }

        /** Looks for itself: what it was told may be outdated by what another thread was. */
        private synchronized void follow() {
            if (ended) {
                return;
            }
            ServingStatus status =
                    stop.readiness().isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
            names.forEach(name -> health.setStatus(name, status));
            if (stop.reason().isPresent()) {
                ended = true;
                health.enterTerminalState();
            }
        }
    }
}
