package dev.mtls.cli;

import picocli.CommandLine.IVersionProvider;

/**
 * Tells the version of the command and of the Java runtime below it.
 */
final class Version implements IVersionProvider {

	@Override
	public String[] getVersion() {
		String version = Mtls.class.getPackage().getImplementationVersion();
		return new String[] {
				"mtls %s on Java %s".formatted((version != null) ? version : "(not packaged)", Runtime.version()) };
	}

}
