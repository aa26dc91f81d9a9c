/** Against a real broker. */
@NullMarked
package org.stop4j.kafka;

import org.jspecify.annotations.NullMarked;
