/** The {@code stop} command; the door is {@link org.stop4j.cli.Main}. */
@NullMarked
package org.stop4j.cli;

import org.jspecify.annotations.NullMarked;
