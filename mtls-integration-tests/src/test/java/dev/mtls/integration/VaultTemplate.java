package dev.mtls.integration;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A template of Vault Agent for the certificate that its PKI engine issues.
 *
 * @param destination the file that it is written to
 * @param permissions those of the file
 * @param contents what is written, with actions in it
 */
record VaultTemplate(String destination, Set<PosixFilePermission> permissions, String contents) {

	private static final Pattern STANZA = Pattern.compile("""
			template \\{
			 +destination += "([^"]+)"
			 +perms += "0([0-7]{3})"
			 +contents += <<EOT
			\\{\\{ with pkiCert "[^"]+" "common_name=[^"]+" }}
			(.*)\\{\\{ end }}
			EOT
			}
			""", Pattern.DOTALL);

	/**
	 * Read a template as it is configured.
	 * @param lines the stanza
	 * @return the template
	 */
	static VaultTemplate of(List<String> lines) {
		Matcher stanza = STANZA.matcher(String.join("\n", lines) + "\n");
		assertThat(stanza.matches()).isTrue();
		return new VaultTemplate(stanza.group(1), permissions(Integer.parseInt(stanza.group(2), 8)), stanza.group(3));
	}

	/**
	 * What is written.
	 * @param key the private key, as PEM
	 * @param certificate the certificate, as PEM
	 * @param authority that of the authority, as PEM
	 * @return the content of the file
	 */
	String render(String key, String certificate, String authority) {
		String rendered = this.contents.replace("{{ .Data.Key }}", key)
			.replace("{{ .Data.Cert }}", certificate)
			.replace("{{ .Data.CA }}", authority);
		assertThat(rendered).contains(key, certificate, authority).doesNotContain("{{");
		return rendered;
	}

	private static Set<PosixFilePermission> permissions(int mode) {
		Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
		PosixFilePermission[] all = PosixFilePermission.values();
		for (int i = 0; i < all.length; i++) {
			if ((mode & (0400 >> i)) != 0) {
				permissions.add(all[i]);
			}
		}
		return permissions;
	}

}
