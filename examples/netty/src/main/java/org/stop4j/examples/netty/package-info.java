/** A service on Netty, by HTTP/1.1 and HTTP/2, that loses no request when it is stopped. */
package org.stop4j.examples.netty;
