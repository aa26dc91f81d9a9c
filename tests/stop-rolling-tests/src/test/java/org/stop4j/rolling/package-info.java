/** The rolling restart of every server that is named here, and whether the measure itself can be trusted. */
@NullMarked
package org.stop4j.rolling;

import org.jspecify.annotations.NullMarked;
