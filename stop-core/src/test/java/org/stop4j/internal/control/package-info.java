/** Each end of the control directory against files made by hand. */
@NullMarked
package org.stop4j.internal.control;

import org.jspecify.annotations.NullMarked;
