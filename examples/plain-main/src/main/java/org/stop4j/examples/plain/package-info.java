/** An HTTP service in plain Java that loses no request when it is stopped. */
@NullMarked
package org.stop4j.examples.plain;

import org.jspecify.annotations.NullMarked;
