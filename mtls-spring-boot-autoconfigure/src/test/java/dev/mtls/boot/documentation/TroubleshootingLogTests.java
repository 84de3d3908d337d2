package dev.mtls.boot.documentation;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/troubleshooting.md} shows what is written for each
 * {@link Reason}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TroubleshootingLogTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	void sectionShowsWhatIsWritten(Reason reason, CapturedOutput output) throws Exception {
		List<String> lines = written(reason, output).stream()
			.map((line) -> line.replace(this.directory.toString(), "/etc/my-app"))
			.map((line) -> line.replace(" (see %s)".formatted(reason.help()), ""))
			.toList();
		assertThat(TroubleshootingPage.withoutVariables(lines)).isEqualTo(TroubleshootingPage.log(reason));
	}

	private List<String> written(Reason reason, CapturedOutput output) throws Exception {
		return switch (reason) {
			case CONFIGURATION_INVALID, CONFIGURATION_CONFLICT, RULE_INVALID, RULES_EMPTY, TRUST_MISSING,
					MATERIAL_INVALID, PASSWORD_WRONG, KEY_MISMATCH, CHAIN_INVALID, MATERIAL_EXPIRED,
					PERMISSIONS_TOO_OPEN, ENGINE_UNSUPPORTED, KEY_MISSING, SOURCE_UNREADABLE, TARGET_UNWRITABLE ->
				new StartFailures(this.directory, output).lines(reason);
			case CRL_INVALID ->
				Stream
					.concat(new StartFailures(this.directory, output).lines(reason).stream(),
							new GateRefusals(this.directory).lines(reason).stream())
					.toList();
			case HOST_UNRESOLVED, CONNECT_FAILED, BIND_FAILED, POOL_EXHAUSTED ->
				List.of(new ConnectionFailures(this.directory).message(reason));
			case HANDSHAKE_FAILED, REQUEST_RATE -> new ServerRefusals(this.directory).lines(reason);
			case CRL_OUTDATED, HANDSHAKE_TIMEOUT, CERTIFICATE_MISSING, CERTIFICATE_MALFORMED, CERTIFICATE_EXPIRED,
					CERTIFICATE_NOT_YET_VALID, ISSUER_UNKNOWN, SIGNATURE_INVALID, ALGORITHM_WEAK, LEAF_IS_CA,
					KEY_USAGE_WRONG, CONSTRAINT_VIOLATED, CERTIFICATE_REVOKED, REVOCATION_UNKNOWN, IDENTITY_MALFORMED,
					HOST_NAME_MISMATCH, ADDRESS_NOT_ALLOWED, IDENTITY_NOT_ALLOWED, KILL_SWITCH, PIN_MISMATCH,
					CONNECTION_LIMIT, HANDSHAKE_RATE, INTERNAL ->
				new GateRefusals(this.directory).lines(reason);
		};
	}

}
