/** What is measured in a JVM with a servlet container. */
@NullMarked
package org.stop4j.benchmarks.servlet;

import org.jspecify.annotations.NullMarked;
