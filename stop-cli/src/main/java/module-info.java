/** The {@code stop} command: asks an application to stop, waits for it, and tells how it came out. */
module org.stop4j.cli {
    requires org.stop4j;
    requires static org.jspecify;

    exports org.stop4j.cli;

    provides java.util.spi.ToolProvider with
            org.stop4j.cli.StopTool;
}
