package org.stop4j.cli;

/** Which version this is. */
final class Version {
    private Version() {}

    static String line() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "stop " + (version == null ? "unreleased" : version) + " (" + Commit.name() + ")";
    }
}
