/**
 * Stop for servlet containers. The doors are {@link org.stop4j.servlet.StopFilter}, by which requests are work in
 * flight, {@link org.stop4j.servlet.StopContextListener}, which registers it, and for those who start the
 * container themselves {@link org.stop4j.servlet.TomcatStep}, {@link org.stop4j.servlet.JettyStep} and {@link
 * org.stop4j.servlet.UndertowStep}, which close its listeners.
 */
@NullMarked
package org.stop4j.servlet;

import org.jspecify.annotations.NullMarked;
