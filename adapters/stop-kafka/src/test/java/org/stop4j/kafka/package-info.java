/** Every promise with a consumer that needs no broker; {@code tests/stop-kafka-tests} has a real one. */
@NullMarked
package org.stop4j.kafka;

import org.jspecify.annotations.NullMarked;
