package org.stop4j.check;

import java.util.Locale;
import java.util.Set;

/** What the name of an image tells about what is in it. */
final class Image {
    /** Of Chainguard's, those that do have a shell; and each tag that ends in {@code -dev}. */
    private static final Set<String> WITH_SHELL =
            Set.of("bash", "busybox", "wolfi-base", "chainguard-base", "git", "sdk");

    private Image() {}

    /** Whether it surely has no shell: distroless, Chainguard's, and {@code scratch}. */
    static boolean hasNoShell(String image) {
        String name = image.toLowerCase(Locale.ROOT).replaceFirst("@.*$", "");
        int tagAt = name.indexOf(':', name.lastIndexOf('/') + 1);
        String tag = tagAt < 0 ? "" : name.substring(tagAt + 1);
        String repository = tagAt < 0 ? name : name.substring(0, tagAt);
        String last = repository.substring(repository.lastIndexOf('/') + 1);
        if (repository.matches("(.*/)?distroless/.*")) {
            return !tag.contains("debug");
        }
        if (repository.matches("(cgr\\.dev/.*|(.*/)?chainguard/.*)")) {
            return !tag.endsWith("-dev") && !WITH_SHELL.contains(last);
        }
        return repository.equals("scratch");
    }
}
