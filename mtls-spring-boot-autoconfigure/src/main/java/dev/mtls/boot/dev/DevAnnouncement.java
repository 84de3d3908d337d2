package dev.mtls.boot.dev;

import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.util.StringUtils;

/**
 * Tells how to call the application with the development certificates.
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
		this.path = path.startsWith("/") ? path : "/" + path;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		WebServerApplicationContext context = event.getApplicationContext();
		boolean isManagement = StringUtils.hasText(context.getServerNamespace());
		if (!isManagement && DevEnvironmentPostProcessor.suppliesAllOfServer(context.getEnvironment())) {
			logger.info("Try: " + command(event.getWebServer().getPort()));
		}
	}

	String command(int port) {
		return "curl --cacert %s --cert %s --key %s %s".formatted(file("ca.crt"), file("client.crt"),
				file("client.key"), quoted("https://localhost:%d%s".formatted(port, this.path)));
	}

	private String file(String name) {
		return quoted(this.directory.resolve(name).toString());
	}

	private static String quoted(String argument) {
		return argument.matches("[A-Za-z0-9_./:-]+") ? argument : "'%s'".formatted(argument.replace("'", "'\\''"));
	}

}
