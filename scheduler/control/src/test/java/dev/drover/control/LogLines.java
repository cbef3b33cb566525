package dev.drover.control;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a class logs while this is open. */
final class LogLines implements AutoCloseable {
    private final Logger log;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    LogLines(Class<?> type) {
        log = (Logger) LoggerFactory.getLogger(type);
        lines.start();
        log.addAppender(lines);
    }

    List<String> all() {
        return List.copyOf(lines.list).stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    @Override
    public void close() {
        log.detachAppender(lines);
    }
}
