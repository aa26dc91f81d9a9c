/**
 * Both ends of the control directory, where an application and the {@code stop} command meet; not
 * for users. The normative text is {@code docs/file-protocol.md}.
 *
 * <p>The command loads this package, so it stays lean: no logger, no lambdas, no streams.
 */
@NullMarked
package org.stop4j.internal.control;

import org.jspecify.annotations.NullMarked;
