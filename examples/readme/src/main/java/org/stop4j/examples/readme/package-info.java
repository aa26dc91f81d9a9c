/** The code of the README and the Javadoc. */
package org.stop4j.examples.readme;
