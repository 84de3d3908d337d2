package dev.mtls.cli.certificate;

import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.Model.CommandSpec;

import dev.mtls.cli.console.Output;

/**
 * What a command has made.
 *
 * @param files the files by what they are
 * @param certificate the certificate in them
 */
record Made(Map<String, Object> files, X509Certificate certificate) {

	/**
	 * Tell about it.
	 * @param spec the command
	 * @param json whether as JSON
	 * @param now the present
	 */
	void write(CommandSpec spec, boolean json, Instant now) {
		PrintWriter out = spec.commandLine().getOut();
		Map<String, Object> details = CertificateDetails.of(this.certificate, now);
		Map<String, Object> values = new LinkedHashMap<>(this.files);
		if (json) {
			values.putAll(details);
			Output.json(out, values);
			return;
		}
		for (String name : new String[] { "subject", "names", "notAfter", "serialNumber" }) {
			values.put(name, details.get(name));
		}
		Output.text(out, values);
	}

}
