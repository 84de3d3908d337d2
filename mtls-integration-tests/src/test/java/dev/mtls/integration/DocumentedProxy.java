package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configuration of a proxy in {@code docs/proxy.md}, at the addresses and with the
 * files of a test.
 *
 * @param configuration the configuration
 */
record DocumentedProxy(String configuration) {

	private static final Path PAGE = Path.of("..", "docs", "proxy.md");

	private static final Pattern BLOCK = Pattern.compile("(?ms)^```[^\\n]+\\n(.*?)^```$");

	/**
	 * Read a configuration.
	 * @param beginning what it begins with, and no other on the page does
	 * @return the configuration as it is documented
	 */
	static DocumentedProxy read(String beginning) throws IOException {
		return BLOCK.matcher(Files.readString(PAGE))
			.results()
			.map((block) -> block.group(1))
			.filter((configuration) -> configuration.startsWith(beginning))
			.reduce((first, second) -> {
				throw new AssertionError("Two blocks of the page begin with " + beginning);
			})
			.map(DocumentedProxy::new)
			.orElseThrow(() -> new AssertionError("No block of the page begins with " + beginning));
	}

	/**
	 * Use what the test has in place of what is documented.
	 * @param documented what has to be in the configuration
	 * @param actual what takes its place
	 * @return the changed configuration
	 */
	DocumentedProxy with(String documented, Object actual) {
		assertThat(this.configuration).contains(documented);
		return new DocumentedProxy(this.configuration.replace(documented, actual.toString()));
	}

}
