/** An HTTP service in plain Java that loses no request when it is stopped. */
package org.stop4j.examples.plain;
