/** The promises of a stop, in virtual time. */
@NullMarked
package org.stop4j.engine;

import org.jspecify.annotations.NullMarked;
