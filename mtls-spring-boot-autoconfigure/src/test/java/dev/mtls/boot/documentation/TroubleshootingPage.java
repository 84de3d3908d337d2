package dev.mtls.boot.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import org.springframework.util.StringUtils;

import dev.mtls.decision.Reason;

/**
 * What {@code docs/troubleshooting.md} shows of each {@link Reason}.
 */
final class TroubleshootingPage {

	private static final Path FILE = Path.of("..", "docs", "troubleshooting.md");

	private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");

	private static final Pattern VARIABLE = Pattern.compile(String.join("|", "\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z",
			"spki-sha256:[\\w+/=]+", "(?<=serial number )[0-9a-f]+", "(?<=the next is in )\\d+",
			"java\\.nio\\.file\\.\\w+", "(?<=error\\()-\\d+", "\\(\\w+\\) (?=Received fatal alert|Client requested)"));

	private TroubleshootingPage() {
	}

	/**
	 * What is shown below the heading <em>Server's log</em>.
	 * @param reason the reason
	 * @return the lines of all blocks, {@linkplain #withoutVariables without variables}
	 */
	static List<String> log(Reason reason) throws IOException {
		String section = after(Files.readString(FILE), "\n### %s\n".formatted(reason.code()));
		String log = StringUtils.split(after(section, "**Server's log**"), "**What the client sees**")[0];
		return withoutVariables(BLOCK.matcher(log).results().flatMap((block) -> block.group(1).lines()).toList());
	}

	/**
	 * Replace what differs from one time, system or Java runtime to another.
	 * @param lines the lines
	 * @return the lines that can be compared
	 */
	static List<String> withoutVariables(List<String> lines) {
		return lines.stream().map((line) -> VARIABLE.matcher(line).replaceAll("")).toList();
	}

	private static String after(String text, String delimiter) {
		return text.substring(text.indexOf(delimiter) + delimiter.length());
	}

}
