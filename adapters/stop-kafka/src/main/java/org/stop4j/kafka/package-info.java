/**
 * A Kafka consumer that is stopped without losing or repeating a record. The door is {@link
 * org.stop4j.kafka.ConsumerLoop}.
 */
@NullMarked
package org.stop4j.kafka;

import org.jspecify.annotations.NullMarked;
