/** What the inner parts promise. */
@NullMarked
package org.stop4j.internal.report;

import org.jspecify.annotations.NullMarked;
