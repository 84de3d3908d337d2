package dev.mtls.gate;

import dev.mtls.source.ContentHash;

/**
 * Where snapshots come from.
 */
@FunctionalInterface
public interface SnapshotSource {

	/**
	 * Read everything once, without parsing it.
	 * @return what was read, to be closed by the caller
	 * @throws dev.mtls.decision.MtlsException if something could not be read
	 */
	Reading read();

	/**
	 * What was read at one moment.
	 */
	interface Reading extends AutoCloseable {

		/**
		 * The hash of all content that was read.
		 * @return the hash; equal hashes mean that nothing changed
		 */
		ContentHash hash();

		/**
		 * Parse and check what was read.
		 * @return the snapshot
		 * @throws dev.mtls.decision.MtlsException if it cannot be used
		 */
		Snapshot parse();

		/**
		 * Overwrite what was read.
		 */
		@Override
		void close();

	}

}
