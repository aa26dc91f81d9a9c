package org.stop4j.spring.apps;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import java.util.ArrayList;
import java.util.List;

/**
 * A main of which Spring is a part: it makes one {@link JobApplication} and closes it, goes on, and then makes two of them.
 */
public final class Parts {
    private Parts() {}

    public static void main(String[] arguments) {
        ConfigurableApplicationContext early = run(arguments, "process");
        early.close();
        System.out.println("early is closed");
        System.out.println("main goes on");
        run(arguments, "process");
        run(arguments, "second");
        System.out.println("second is up");
    }

    private static ConfigurableApplicationContext run(String[] arguments, String name) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--stop.name=" + name);
        return SpringApplication.run(JobApplication.class, all.toArray(new String[0]));
    }
}
