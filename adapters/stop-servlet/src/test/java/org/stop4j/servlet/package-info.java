@NullMarked
package org.stop4j.servlet;

import org.jspecify.annotations.NullMarked;
