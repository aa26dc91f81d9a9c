/** Spring Boot's listeners, with the starter, against real brokers. */
@NullMarked
package org.stop4j.spring;

import org.jspecify.annotations.NullMarked;
