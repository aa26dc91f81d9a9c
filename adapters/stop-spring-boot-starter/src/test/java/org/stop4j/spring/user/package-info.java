@NullMarked
package org.stop4j.spring.user;

import org.jspecify.annotations.NullMarked;
