package org.stop4j.rolling;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP balancer on the loopback address: leads each new connection to the next of its endpoints in turn,
 * and copies bytes both ways until both sides have ended; the end of one direction is passed on as such
 * (half-close). It knows what it is told and nothing else: no health checks, no look at the bytes.
 *
 * <p>When an endpoint refuses the connection, the client's is closed. It is not led to another endpoint, as
 * a plain layer 4 balancer does not: whoever leaves before the balancer knows is felt by clients.
 *
 * <p>Safe for use by many threads.
 */
final class Balancer implements Target, AutoCloseable {
    private static final int BACKLOG = 1024;

    private final ServerSocket door;
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    /** By the port at the client's end. An entry outlives its connection until the port is used again. */
    private final Map<Integer, Whereabouts> whereabouts = new ConcurrentHashMap<>();

    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "rolling-balancer");
        thread.setDaemon(true);
        return thread;
    });

    Balancer() {
        try {
            door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    @Override
    public int port() {
        return door.getLocalPort();
    }

    @Override
    public Whereabouts whereabouts(int localPort) {
        return whereabouts.getOrDefault(localPort, Whereabouts.NOWHERE);
    }

    /** Leads new connections there too, from now on. */
    void add(Endpoint endpoint) {
        endpoints.add(endpoint);
    }

    /** Leads no new connection there any more; those that are open stay. */
    void drop(Endpoint endpoint) {
        if (!endpoints.remove(endpoint)) {
            throw new IllegalArgumentException(endpoint + " is not among " + endpoints);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            if (!door.isClosed()) {
                throw new UncheckedIOException(e);
            }
        } catch (RejectedExecutionException closed) {
            // Closed between accepting and serving; close() has closed the socket, or never saw it.
            open.forEach(Balancer::closeQuietly);
        }
    }

    private void serve(Socket client) {
        Socket server = new Socket();
        open.add(server);
        try {
            if (connects(client, server)) {
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                CompletableFuture<Void> there =
                        CompletableFuture.runAsync(() -> copy(client, server), threads);
                copy(server, client);
                there.join();
            }
        } catch (SocketException e) {
            // The client has gone already.
        } finally {
            closeQuietly(client);
            closeQuietly(server);
            open.remove(client);
            open.remove(server);
        }
    }

    /** Connects to the endpoint whose turn it is; returns whether it takes the connection. */
    private boolean connects(Socket client, Socket server) {
        List<Endpoint> now = List.copyOf(endpoints);
        if (now.isEmpty()) {
            return false;
        }
        Endpoint endpoint = now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
        boolean reached = true;
        try {
            server.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()));
        } catch (IOException refused) {
            reached = false;
        }
        whereabouts.put(client.getPort(), new Whereabouts(endpoint.name(), reached));
        return reached;
    }

    /**
     * Copies until one side has ended or fails, and then passes on that nothing more comes. The other
     * direction ends by itself: whatever of it is still on its way must not be cut off.
     */
    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException ended) {
            // Reset by one of both.
        }
        try {
            to.shutdownOutput();
        } catch (IOException gone) {
            // There is nobody to be told.
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // Closed all the same.
        }
    }

    /** Takes no more connections, and cuts off those that are open. */
    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdown();
            open.forEach(Balancer::closeQuietly);
        }
    }
}
