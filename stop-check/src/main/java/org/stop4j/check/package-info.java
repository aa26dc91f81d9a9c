/**
 * {@code stop check}: tells what is wrong with the stop in Kubernetes manifests; the door is {@link
 * org.stop4j.check.Main}.
 */
@NullMarked
package org.stop4j.check;

import org.jspecify.annotations.NullMarked;
