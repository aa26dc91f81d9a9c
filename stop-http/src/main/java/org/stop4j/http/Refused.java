package org.stop4j.http;

/** A request is not obeyed. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Answer answer;

    Refused(Answer answer) {
        super(answer.status() + " " + answer.body().strip(), null, false, false);
        this.answer = answer;
    }

    Answer answer() {
        return answer;
    }
}
