package dev.mtls.cli.console;

/**
 * What the command ends with. Scripts rely on it.
 */
public final class ExitStatus {

	/**
	 * All is well.
	 */
	public static final int OK = 0;

	/**
	 * What was asked for could not be done.
	 */
	public static final int FAILED = 1;

	/**
	 * The command line is wrong.
	 */
	public static final int USAGE = 2;

	/**
	 * What was looked at needs attention: a certificate ends soon, or a connection has a
	 * problem.
	 */
	public static final int ATTENTION = 3;

	/**
	 * What was looked at is out of order: a certificate has ended or is not yet valid.
	 */
	public static final int OUT_OF_ORDER = 4;

	private ExitStatus() {
	}

}
