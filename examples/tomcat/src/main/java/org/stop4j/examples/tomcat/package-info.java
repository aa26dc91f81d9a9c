/** A service on an embedded Tomcat that loses no request when it is stopped. */
package org.stop4j.examples.tomcat;
