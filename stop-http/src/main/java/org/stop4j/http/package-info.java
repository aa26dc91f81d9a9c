/**
 * Stop and probes over HTTP, by the JDK's own server. The doors are {@link org.stop4j.http.StopServer},
 * a small server of its own, {@link org.stop4j.http.StopHandler}, for a server one has already, and {@link
 * org.stop4j.http.HttpGate}, so that stopping loses no request of that one.
 */
@NullMarked
package org.stop4j.http;

import org.jspecify.annotations.NullMarked;
