/** Every promise over real sockets, on loopback. */
@NullMarked
package org.stop4j.http;

import org.jspecify.annotations.NullMarked;
