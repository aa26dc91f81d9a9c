/** Real JVMs, real signals, real files. */
@NullMarked
package org.stop4j.process;

import org.jspecify.annotations.NullMarked;
