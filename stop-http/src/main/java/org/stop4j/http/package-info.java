/** Stop and probes over HTTP; the doors are {@code StopServer} and {@code StopHandler}. */
@NullMarked
package org.stop4j.http;

import org.jspecify.annotations.NullMarked;
