/**
 * A Spring Boot application that is stopped in order. There is nothing to call: it is done by being on the class path,
 * and configured by properties, {@link org.stop4j.spring.StopProperties}. For steps of one's own there are the bean
 * {@link org.stop4j.Stop} and {@link org.stop4j.spring.StopStep}.
 */
@NullMarked
package org.stop4j.spring;

import org.jspecify.annotations.NullMarked;
