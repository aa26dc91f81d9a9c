package org.stop4j.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/*
 * Without a token there is nothing a caller has and a web page has not: a page open in a browser on this
 * machine can make that browser send a GET or a POST to any address the machine can reach. So without a
 * token nothing is obeyed that a browser may have sent.
 * - Sec-Fetch-Site, Origin and Referer tell a browser, but not always: none of them is sent for
 *   <img referrerpolicy=no-referrer> to an address other than loopback, or by a browser of before 2023.
 * - Every browser calls itself Mozilla/, and a page cannot make it send another name across origins
 *   without a preflight, which is refused.
 * - Within an origin it can: a page from a host whose name its owner lets point to 127.0.0.1 (DNS
 *   rebinding). There the Host header tells: it is the owner's name, and only an address or localhost
 *   is accepted.
 * Sec-Fetch-Site: none (typed by the user) is refused as well: so does a link in a mail arrive, and a
 * prefetch of what the user is only about to type.
 */
/** Who may stop the process, judged by the head of the request. Immutable. */
final class Access {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{16,256}");
    private static final Pattern ADDRESS_OR_LOCALHOST =
            Pattern.compile("(localhost|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+])(:[0-9]+)?");
    private static final List<String> BROWSER =
            List.of("Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest");
    private static final List<String> PROXY = List.of("Forwarded", "X-Forwarded-For", "Via");

    /** The hash of the token, so that comparing tells nothing, its length included; or no token. */
    private final byte @Nullable [] hash;

    private final boolean fromAnywhere;

    private Access(byte @Nullable [] hash, boolean fromAnywhere) {
        this.hash = hash;
        this.fromAnywhere = fromAnywhere;
    }

    /** Whoever is on this machine. */
    static Access loopback() {
        return new Access(null, false);
    }

    /** Whoever reaches the port. */
    static Access anywhere() {
        return new Access(null, true);
    }

    /** Whoever knows the token. */
    static Access token(String token) {
        if (!TOKEN.matcher(token).matches()) {
            // Not the token itself: messages end in logs.
            throw new IllegalArgumentException(
                    "token has " + token.length()
                            + " characters or others than allowed; allowed: 16 to 256 of A-Z a-z 0-9 . _ ~ -");
        }
        return new Access(sha256(token), true);
    }

    boolean byToken() {
        return hash != null;
    }

    /** Returns if the caller may stop the process; the suffix is what the path has below its own. */
    void check(HttpExchange exchange, String pathSuffix) throws Refused {
        if (hash != null) {
            checkToken(hash, exchange.getRequestHeaders(), pathSuffix);
            return;
        }
        checkNoBrowser(exchange.getRequestHeaders());
        if (!fromAnywhere) {
            checkLocal(exchange);
        }
    }

    private static void checkToken(byte[] hash, Headers headers, String pathSuffix) throws Refused {
        List<String> given = new ArrayList<>();
        if (!pathSuffix.isEmpty()) {
            given.add(pathSuffix);
        }
        for (String value : headers.getOrDefault("Authorization", List.of())) {
            if (value.regionMatches(true, 0, "Bearer ", 0, 7)) {
                given.add(value.substring(7).strip());
            }
        }
        if (given.isEmpty()) {
            throw new Refused(Answer.of(
                            401,
                            "this needs the token, as \"Authorization: Bearer TOKEN\" or as the last"
                                    + " part of the path")
                    .with("WWW-Authenticate", "Bearer"));
        }
        boolean right = false;
        for (String token : given) {
            right |= MessageDigest.isEqual(hash, sha256(token));
        }
        if (!right) {
            throw new Refused(Answer.of(403, "wrong token"));
        }
    }

    private static void checkNoBrowser(Headers headers) throws Refused {
        boolean browser = headers.getOrDefault("User-Agent", List.of()).stream()
                .anyMatch(agent -> agent.startsWith("Mozilla/"));
        for (String header : BROWSER) {
            browser |= headers.containsKey(header);
        }
        if (browser) {
            throw new Refused(Answer.of(
                    403,
                    "this came from a browser, where any page can send it; use something else, or"
                            + " have the application ask for a token"));
        }
        for (String host : headers.getOrDefault("Host", List.of())) {
            if (!ADDRESS_OR_LOCALHOST.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
                throw new Refused(Answer.of(
                        403,
                        "without a token, the host must be called by its address or localhost, so that"
                                + " no name of somebody else's can stand for it"));
            }
        }
    }

    private static void checkLocal(HttpExchange exchange) throws Refused {
        boolean proxied = PROXY.stream().anyMatch(exchange.getRequestHeaders()::containsKey);
        if (proxied || !exchange.getLocalAddress().getAddress().isLoopbackAddress()) {
            throw new Refused(Answer.of(
                    403,
                    "without a token, only a caller on this machine can stop it, over the loopback"
                            + " address and not through a proxy"));
        }
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
