package dev.mtls.boot.documentation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/**
 * What the logger {@code dev.mtls} writes until this is closed.
 */
final class RecordedLog implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.mtls");

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	private final Level level;

	private RecordedLog(Level level) {
		this.level = level;
		this.appender.list = new CopyOnWriteArrayList<>();
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	/**
	 * Start to record.
	 * @param level from which level on
	 * @return the log
	 */
	static RecordedLog start(Level level) {
		return new RecordedLog(level);
	}

	List<String> lines() {
		return this.appender.list.stream()
			.filter((event) -> event.getLoggerName().equals(this.logger.getName()))
			.filter((event) -> event.getLevel().isGreaterOrEqual(this.level))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
	}

}
