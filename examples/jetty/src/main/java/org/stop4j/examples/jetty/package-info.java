/** A service on an embedded Jetty that loses no request when it is stopped. */
package org.stop4j.examples.jetty;
