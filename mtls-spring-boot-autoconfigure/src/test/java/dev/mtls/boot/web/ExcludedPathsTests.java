package dev.mtls.boot.web;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExcludedPaths}.
 */
class ExcludedPathsTests {

	private final ExcludedPaths paths = ExcludedPaths.of("mtls.server.excluded-paths",
			List.of("/public/ping", "/docs/**", "/users/{name}/avatar"));

	@ParameterizedTest
	@ValueSource(strings = { "/public/ping", "/docs", "/docs/", "/docs/a", "/docs/a/b.html", "/docs/a.b..c",
			"/docs/~me/$1,(x)+'y'!*=&:@", "/docs/...", "/users/alice/avatar", "/users/a.b-c_d/avatar" })
	void containsWhenPlainAndListedIsTrue(String path) {
		assertThat(this.paths.contains(path, "")).isTrue();
		assertThat(this.paths.contains("/app" + path, "/app")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "*", "public/ping", "/public", "/public/", "/public/ping/", "/public/ping/x",
			"/public/pin", "/public/pings", "/public/ping.json", "/public/ping.", "/Public/ping", "/public/PING",
			"/admin", "/users/avatar", "/users/a/b/avatar", "/users/alice/avatar/" })
	void containsWhenNotListedIsFalse(String path) {
		assertThat(this.paths.contains(path, "")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/public/%70ing", "/public/pin%67", "/%70ublic/ping", "/public%2Fping", "/public%2fping",
			"/public/ping%00", "/public/ping%20", "/public/ping%2e", "/public/ping%3b", "/public/ping%3Bx=1",
			"/public/ping%2F", "/public/ping%", "/public/ping%7", "/public/ping%zz", "/public/%2570ing",
			"/public/%u0070ing", "//public/ping", "/public//ping", "/public/ping//", "///public/ping", "/public/./ping",
			"/./public/ping", "/public/ping/.", "/public/x/../ping", "/public/../public/ping", "/../public/ping",
			"/public/ping/..", "/docs/..", "/docs/.", "/docs/../admin", "/docs/../../admin", "/docs/a/../../admin",
			"/docs/..;/admin", "/docs/..;x=1/admin", "/docs/.;/admin", "/docs/%2e%2e/admin", "/docs/%2E%2E/admin",
			"/docs/.%2e/admin", "/docs/%2e/admin", "/docs/..%2fadmin", "/docs/..%5cadmin", "/docs/..\\admin",
			"/docs\\..\\admin", "\\public\\ping", "/public\\ping", "/public/ping;", "/public/ping;x=1", "/public;/ping",
			"/public;x=1/ping", "/;/public/ping", "/docs/;/admin", "/docs/a;jsessionid=1", "/docs/a;b=c/d",
			"/public/ping?x", "/public/ping#x", "/public/ping ", " /public/ping", "/public/ping\t", "/public/ping\0",
			"/public/ping\r\n", "/docs/\u00e9", "/docs/\u2024\u2024/admin", "/docs/\uff0e\uff0e/admin",
			"/docs/\u2215admin", "/docs/a\u0000b", "/docs/a\u007fb", "/docs/a|b", "/docs/a\"b", "/docs/<a>",
			"/docs/{a}", "/docs/[a]", "/docs/a^b", "/docs/a`b", "http://localhost/public/ping",
			"//localhost/public/ping" })
	void containsWhenNotPlainIsFalse(String path) {
		assertThat(this.paths.contains(path, "")).isFalse();
		assertThat(this.paths.contains("/app" + path, "/app")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "/public/ping, /app", "/application/public/ping, /app", "/app, /app", "/app/app/public/ping, /app" })
	void containsWhenContextPathDoesNotFitIsFalse(String path, String contextPath) {
		assertThat(this.paths.contains(path, contextPath)).isFalse();
	}

	@Test
	void containsWhenThereIsNoPatternIsFalse() {
		assertThat(ExcludedPaths.NONE.isEmpty()).isTrue();
		assertThat(ExcludedPaths.NONE.contains("/", "")).isFalse();
	}

	@Test
	void andContainsWhatEitherDoes() {
		ExcludedPaths both = this.paths.and(ExcludedPaths.of("place", List.of("/health")));
		assertThat(both.contains("/health", "")).isTrue();
		assertThat(both.contains("/public/ping", "")).isTrue();
		assertThat(both.contains("/admin", "")).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			public/ping  | does not begin with a slash | write /public/ping
			/**          | excludes everything         | client-auth=want
			/a%20b       | in its plain form           | percent-encoding
			/a;b=c       | in its plain form           | semicolon
			/a//b        | in its plain form           | doubled slash
			/a/{b        | is no path pattern          | /public/**
			''           | does not begin with a slash | write /
			""")
	void ofWhenPatternIsWrongThrows(String pattern, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> ExcludedPaths.of("mtls.server.excluded-paths", List.of(pattern)))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
				assertThat(ex.place()).isEqualTo("mtls.server.excluded-paths");
				assertThat(ex.problem()).contains(problem);
				assertThat(ex.fix()).contains(fix);
			});
	}

}
