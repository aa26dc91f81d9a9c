/** Tests of the adapter for Netty. */
@NullMarked
package org.stop4j.netty;

import org.jspecify.annotations.NullMarked;
