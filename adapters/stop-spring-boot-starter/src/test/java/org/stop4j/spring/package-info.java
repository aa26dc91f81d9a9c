@NullMarked
package org.stop4j.spring;

import org.jspecify.annotations.NullMarked;
