package org.stop4j.examples.springboot;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.io.OutputStream;

/**
 * {@code ANY /job?id=X&ms=N&bytes=B}: works N ms, answers B bytes that begin with X and a line end.
 */
@RestController
class JobController {
    // All are named: of a mapping that names none, Spring answers OPTIONS by itself.
    @RequestMapping(
            path = "/job",
            method = {
                RequestMethod.GET,
                RequestMethod.HEAD,
                RequestMethod.POST,
                RequestMethod.PUT,
                RequestMethod.PATCH,
                RequestMethod.DELETE,
                RequestMethod.OPTIONS
            })
    byte[] job(HttpServletRequest request) throws IOException, InterruptedException {
        Query query = Query.of(request.getQueryString());
        request.getInputStream().transferTo(OutputStream.nullOutputStream());
        Thread.sleep(query.millis());
        return query.body();
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    String wrong(IllegalArgumentException e) {
        return e.getMessage() + "\n";
    }
}
