package org.stop4j.rolling;

/** What became of a request; exactly one of these. */
enum Result {
    /** Status 200 and the whole body, of this request. */
    ANSWERED,
    /** Status 503 with Retry-After and, over HTTP/1.1, {@code Connection: close}. */
    REFUSED,
    /**
     * HTTP/2 says that the server has not begun with it: the stream was reset with REFUSED_STREAM, or is
     * above the last one that a GOAWAY lets through. Another client than ours would send it again.
     */
    UNPROCESSED,
    /** Nobody took a connection for it, neither from the client nor, as the endpoint, from the balancer. */
    NOT_CONNECTED,
    /** The connection or stream was reset before an answer (other than a 503) began. */
    RESET,
    /** The connection or stream ended in order, but before an answer (other than a 503) began. */
    HUNG_UP,
    /** The answer, which was no 503, began and did not end. */
    CUT_OFF,
    /** An answer, but not the right one: another status or body, or a 503 without what belongs to it. */
    WRONG,
    /** No answer in {@link Client#PATIENCE}. */
    SILENT;

    /** Whether the request failed otherwise than by being sent back with a word. */
    boolean isFailure() {
        return this != ANSWERED && this != REFUSED && this != UNPROCESSED;
    }
}
