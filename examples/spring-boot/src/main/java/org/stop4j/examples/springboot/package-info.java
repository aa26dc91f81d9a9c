/** A Spring Boot service that loses no request when it is stopped. */
@NullMarked
package org.stop4j.examples.springboot;

import org.jspecify.annotations.NullMarked;
