package dev.mtls.cli.certificate;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.KeyType;

/**
 * {@code mtls cert create}.
 */
@Command(name = "create", mixinStandardHelpOptions = true, showDefaultValues = true,
		description = "Makes a certificate and its key.", footerHeading = "%nExamples:%n",
		footer = { "  mtls cert create --server --name api.example.com --ca pki/ca.crt",
				"  mtls cert create --client --name billing --ca pki/ca.crt \\",
				"      --san uri:spiffe://example.com/billing",
				"  mtls cert create --server --client --name node1.example.com \\", "      --ca pki/ca.crt --pkcs12" })
final class CertCreateCommand implements Runnable {

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Option(names = "--server", description = "For a server: the name is also its DNS name or IP address.")
	private boolean server;

	@Option(names = "--client", description = "For a client. With --server for both.")
	private boolean client;

	@Option(names = "--name", required = true, paramLabel = "NAME", description = "Common name.")
	private String name = "";

	@Option(names = "--san", paramLabel = "NAME",
			description = "Subject alternative name: dns:, ip:, uri: or email: and the name. May be repeated.")
	private List<String> names = List.of();

	@Mixin
	private IssuerOptions issuer = new IssuerOptions();

	@Option(names = "--file", paramLabel = "NAME",
			description = "Name of the files, before .crt and .key. By default made of the name.")
	private @Nullable String file;

	@Option(names = "--days", paramLabel = "N", defaultValue = "365",
			description = "Days for which it is valid, if the authority is for as long.")
	private Days days = new Days(365);

	@Option(names = "--key-type", paramLabel = "TYPE", defaultValue = "ec", converter = KeyTypeConverter.class,
			completionCandidates = KeyTypeConverter.Names.class, description = "One of ${COMPLETION-CANDIDATES}.")
	private KeyType keyType = KeyType.EC_P256;

	@Mixin
	private Pkcs12Options pkcs12 = new Pkcs12Options();

	@Mixin
	private TargetOptions target = new TargetOptions();

	@Option(names = "--json", description = "Write what was made as JSON.")
	private boolean json;

	CertCreateCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void run() {
		CertificateRequest request = request();
		CertificateAuthority authority = this.issuer.open(this.spec, this.clock);
		String base = (this.file != null) ? this.file : SubjectNames.fileName(this.name);
		Path certificate = this.target.file(base + ".crt");
		Path privateKey = this.target.file(base + ".key");
		Path store = this.target.file(base + ".p12");
		Map<String, Object> made = new LinkedHashMap<>();
		IssuedCertificate issued;
		if (this.pkcs12.isWanted()) {
			CertificateFiles files = this.target.writer(store);
			char[] password = this.pkcs12.password(store);
			issued = authority.issue(request);
			this.pkcs12.write(issued, password, store, files);
			made.put("pkcs12", store.toString());
		}
		else {
			CertificateFiles files = this.target.writer(certificate, privateKey);
			issued = authority.issue(request);
			files.write(issued, certificate, privateKey);
			made.put("certificate", certificate.toString());
			made.put("privateKey", privateKey.toString());
			if (!this.json) {
				made.put("properties", properties(certificate, privateKey));
			}
		}
		new Made(made, issued.certificate()).write(this.spec, this.json, this.clock.instant());
	}

	// What an application with the starter is given
	private List<String> properties(Path certificate, Path privateKey) {
		List<String> properties = new ArrayList<>();
		for (String side : sides()) {
			properties.add("mtls.%s.certificate=file:%s".formatted(side, certificate));
			properties.add("mtls.%s.private-key=file:%s".formatted(side, privateKey));
			properties.add("mtls.%s.trust-certificates=file:%s".formatted(side, this.issuer.file(this.spec).path()));
		}
		return properties;
	}

	private List<String> sides() {
		List<String> sides = new ArrayList<>();
		if (this.server) {
			sides.add("server");
		}
		if (this.client) {
			sides.add("client");
		}
		return sides;
	}

	private CertificateRequest request() {
		if (!this.server && !this.client) {
			throw new ParameterException(this.spec.commandLine(),
					"Missing required option: --server, --client or both");
		}
		SubjectNames.distinguishedName("--name", this.name);
		CertificateRequest.Builder request = this.server ? CertificateRequest.server(this.name)
				: CertificateRequest.client(this.name);
		if (this.server && this.client) {
			request.extendedKeyUsage(ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH);
		}
		this.names.forEach((name) -> SubjectNames.add(request, name));
		return request.keyType(this.keyType).validity(this.days.duration()).build();
	}

}
