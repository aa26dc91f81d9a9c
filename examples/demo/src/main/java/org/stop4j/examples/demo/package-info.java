/** Stops a service in the middle of real traffic and counts what was lost. */
package org.stop4j.examples.demo;
