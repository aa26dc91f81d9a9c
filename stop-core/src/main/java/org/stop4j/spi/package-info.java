/** What authors of further triggers implement; the door is {@link org.stop4j.spi.Trigger}. */
@NullMarked
package org.stop4j.spi;

import org.jspecify.annotations.NullMarked;
