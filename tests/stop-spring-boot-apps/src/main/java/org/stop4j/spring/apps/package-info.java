/** An application for tests: what it serves, and what it can be told to do wrong. */
@NullMarked
package org.stop4j.spring.apps;

import org.jspecify.annotations.NullMarked;
