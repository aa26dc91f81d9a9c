/** A consumer of orders that loses and repeats none when it is stopped. */
package org.stop4j.examples.kafka;
