/** An application that is processed ahead of time; in a package of its own, as a user's is. */
@org.jspecify.annotations.NullMarked
package org.stop4j.spring.ahead;
