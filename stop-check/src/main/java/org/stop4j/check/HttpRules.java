package org.stop4j.check;

import java.util.List;
import java.util.OptionalLong;

/** Requests that the kubelet sends: from the node, to the pod's IP. */
final class HttpRules {
    private static final String TOKEN_HEADER = """
            httpHeaders:
              - name: Authorization
                value: "Bearer the-token-of-at-least-16-characters\"""";

    private HttpRules() {}

    static void check(Subject subject) {
        for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
            target(subject, subject.container().value().path(probe, "httpGet"), "the probe");
            target(subject, subject.container().value().path(probe, "tcpSocket"), "the probe");
        }
        Value hook = subject.container().hook().http();
        if (hook.isMissing()) {
            return;
        }
        target(subject, hook, "the hook");
        expanded(subject, hook.get("path"), "the value itself");
        for (Value header : hook.get("httpHeaders").items()) {
            expanded(subject, header.get("value"), "the value itself");
        }
        asks(subject, hook);
        token(subject, hook);
    }

    private static void target(Subject subject, Value request, String who) {
        String host = request.get("host").text();
        if (isLoopback(host) && !isNode(subject)) {
            subject.add(
                    Rule.HOST_IS_NODE,
                    request.get("host"),
                    who + " is called by the node, so that " + host
                            + " is the node itself and not the pod",
                    "no host; the server must listen on the pod's address: host(\"0.0.0.0\")");
        }
        Value port = request.get("port");
        if (!port.isScalar()) {
            return;
        }
        OptionalLong number = port.number();
        boolean known = number.isPresent()
                ? number.getAsLong() > 0 && number.getAsLong() <= 65_535
                : named(subject.container(), port.text());
        if (!known) {
            subject.add(
                    Rule.PORT_UNKNOWN,
                    port,
                    "the container has no port " + Printable.quoted(port.text()) + ": " + who
                            + " fails",
                    "a number without quotes, or\nports:\n  - name: stop\n    containerPort: 8081");
        }
    }

    private static boolean isLoopback(String host) {
        return host.matches("localhost|127\\.[0-9.]+|\\[?::1\\]?");
    }

    /** With the node's own network, the pod is the node. */
    private static boolean isNode(Subject subject) {
        return subject.pod().spec().get("hostNetwork").isTrue();
    }

    private static boolean named(Container container, String name) {
        return container.get("ports").items().stream()
                .map(port -> port.get("name"))
                .anyMatch(value -> value.isTemplate() || value.text().equals(name));
    }

    /**
     * Says it if Kubernetes would have to replace a variable here, which it only does in command,
     * args and env (kubernetes/kubernetes#129502).
     */
    static void expanded(Subject subject, Value value, String write) {
        if (value.isScalar() && value.text().matches("(?s).*\\$[({A-Za-z_].*")) {
            subject.add(
                    Rule.VARIABLE_NOT_EXPANDED,
                    value,
                    "Kubernetes replaces no variables in a hook: " + Printable.quoted(value.text())
                            + " is sent or called as it stands",
                    write);
        }
    }

    private static void asks(Subject subject, Value hook) {
        String path = hook.get("path").text();
        String scheme = hook.get("scheme").text();
        if (path.matches("/?(ready|live)")) {
            subject.add(
                    Rule.STOPS_NOTHING,
                    hook.get("path"),
                    path + " only tells the state: the hook stops nothing",
                    "path: /shutdown");
        }
        if (path.contains("?") && path.matches(".*[?&]wait=false(&.*)?")) {
            subject.add(
                    Rule.NO_WAIT,
                    hook.get("path"),
                    "with wait=false the hook ends before the stop does; SIGTERM comes at once",
                    "path: " + path.substring(0, path.indexOf('?')));
        }
        if (scheme.equals("HTTPS")) {
            subject.add(
                    Rule.HOOK_SCHEME,
                    hook.get("scheme"),
                    "StopServer speaks plain HTTP, so that the hook fails (it is right only for a"
                            + " StopHandler on an HTTPS server of one's own)",
                    "scheme: HTTP");
        }
    }

    private static void token(Subject subject, Value hook) {
        Value path = hook.get("path");
        boolean other = path.isTemplate() || path.text().matches("/?(ready|live)");
        if (other || (isNode(subject) && isLoopback(hook.get("host").text()))) {
            return;
        }
        boolean header = false;
        for (Value one : hook.get("httpHeaders").items()) {
            Value value = one.get("value");
            if (one.get("name").text().equalsIgnoreCase("Authorization")) {
                header = true;
                bearer(subject, value);
            }
        }
        boolean inPath = path.text().matches("/.+/[A-Za-z0-9._~-]{16,256}(\\?.*)?");
        if (!header && !inPath) {
            subject.add(
                    Rule.NO_TOKEN,
                    hook,
                    "the hook brings no token: a StopServer that the kubelet can reach wants one and"
                            + " answers 401, which the kubelet ignores; one that listens on loopback"
                            + " it does not reach (all right only with withoutToken())",
                    TOKEN_HEADER);
        }
    }

    private static void bearer(Subject subject, Value value) {
        String text = value.text();
        boolean readable = value.isScalar() && !text.contains("$");
        if (readable && !text.matches("(?i:bearer) +[A-Za-z0-9._~-]{16,256}")) {
            subject.add(
                    Rule.BAD_VALUE,
                    value,
                    "this is no token that a StopServer takes; allowed: Bearer, a blank, and 16 to"
                            + " 256 of A-Z a-z 0-9 . _ ~ -: the hook stops nothing",
                    "value: \"Bearer the-token-of-at-least-16-characters\"");
        }
    }
}
