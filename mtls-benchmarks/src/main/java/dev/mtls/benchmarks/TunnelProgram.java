package dev.mtls.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * A program that can be either end of a tunnel.
 */
@FunctionalInterface
interface TunnelProgram {

	/**
	 * How an end is run.
	 * @param end the end
	 * @return the program and its arguments
	 */
	List<String> command(TunnelEnd end) throws IOException;

}
