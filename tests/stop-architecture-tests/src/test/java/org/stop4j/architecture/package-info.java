/** The architecture, the documentation and the repository as tests. */
@NullMarked
package org.stop4j.architecture;

import org.jspecify.annotations.NullMarked;
