/**
 * Tests of stops, in virtual time. The doors are {@link org.stop4j.testing.StopExtension} for JUnit, and
 * {@link org.stop4j.testing.VirtualTime} without it.
 */
@NullMarked
package org.stop4j.testing;

import org.jspecify.annotations.NullMarked;
