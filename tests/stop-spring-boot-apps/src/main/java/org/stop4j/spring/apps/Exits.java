package org.stop4j.spring.apps;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code app.exits}: {@code /exit?code=N} ends the process, by a thread of its own or by that of the request. */
@RestController
@ConditionalOnProperty("app.exits")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class Exits {
    @RequestMapping("/exit")
    String exit(
            @RequestParam("code") int code,
            @RequestParam(name = "own", defaultValue = "false") boolean own) {
        if (own) {
            System.exit(code);
        }
        new Thread(() -> System.exit(code), "exit").start();
        return "exits\n";
    }
}
