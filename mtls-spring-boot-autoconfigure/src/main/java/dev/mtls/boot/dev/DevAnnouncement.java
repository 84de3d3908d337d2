package dev.mtls.boot.dev;

import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.util.StringUtils;

/**
 * Warns of development certificates, and tells how to call the application with them.
 */
public final class DevAnnouncement implements ApplicationListener<WebServerInitializedEvent> {

	private static final Log logger = LogFactory.getLog("dev.mtls");

	private final Path directory;

	private final String path;

	/**
	 * Create an announcement.
	 * @param directory the directory of the certificates
	 * @param path the path of the URL to call
	 */
	public DevAnnouncement(Path directory, String path) {
		this.directory = directory;
		this.path = path;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (StringUtils.hasText(event.getApplicationContext().getServerNamespace())) {
			return;
		}
		logger.warn("DEVELOPMENT CERTIFICATES ARE IN USE: whoever can read %s gets in. Never use them in production."
			.formatted(this.directory));
		logger.info("Try: " + command(event.getWebServer().getPort()));
	}

	String command(int port) {
		return "curl --cacert %s --cert %s --key %s https://localhost:%d%s".formatted(file("ca.crt"),
				file("client.crt"), file("client.key"), port, this.path);
	}

	private String file(String name) {
		String file = this.directory.resolve(name).toString();
		return file.matches("[A-Za-z0-9_./-]+") ? file : "'%s'".formatted(file.replace("'", "'\\''"));
	}

}
