/** Tests of the command's own parts; the command as a process is tested in stop-process-tests. */
@NullMarked
package org.stop4j.cli;

import org.jspecify.annotations.NullMarked;
