package org.stop4j.http;

import org.stop4j.Outcome;
import org.stop4j.Report;

import java.util.Map;

/** What a caller gets, beside the headers that every answer has. */
record Answer(int status, String type, String body, Map<String, String> headers) {

    /** A sentence, for people. */
    static Answer of(int status, String sentence) {
        return new Answer(status, "text/plain; charset=utf-8", sentence + "\n", Map.of());
    }

    /** The report: 200 if the stop was clean, otherwise 500. */
    static Answer of(Report report) {
        int status = report.outcome() == Outcome.CLEAN ? 200 : 500;
        return new Answer(status, "application/json", report.toJson() + "\n", Map.of());
    }

    static Answer nothingHere() {
        return of(404, "nothing here");
    }

    static Answer methodNotAllowed(String allowed) {
        return of(405, "the method is not allowed; allowed: " + allowed).with("Allow", allowed);
    }

    Answer with(String header, String value) {
        return new Answer(status, type, body, Map.of(header, value));
    }
}
