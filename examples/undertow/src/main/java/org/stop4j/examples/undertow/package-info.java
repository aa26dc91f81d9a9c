/** A service on an embedded Undertow that loses no request when it is stopped. */
package org.stop4j.examples.undertow;
