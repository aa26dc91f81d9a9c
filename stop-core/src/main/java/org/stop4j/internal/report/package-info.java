/** A report as a page for people, made from its JSON; not for users. */
@NullMarked
package org.stop4j.internal.report;

import org.jspecify.annotations.NullMarked;
