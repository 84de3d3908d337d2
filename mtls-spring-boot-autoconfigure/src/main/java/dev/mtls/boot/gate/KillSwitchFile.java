package dev.mtls.boot.gate;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.mtls.gate.KillSwitch;

/**
 * Engages a kill switch while a file is present. Whoever switches by other means is not
 * overruled until the file comes or goes.
 */
public final class KillSwitchFile implements Runnable {

	private final Path file;

	private final KillSwitch killSwitch;

	private boolean present;

	/**
	 * Create the watch and set the switch by the file as it is now.
	 * @param file the file
	 * @param killSwitch the switch
	 */
	public KillSwitchFile(Path file, KillSwitch killSwitch) {
		this.file = file;
		this.killSwitch = killSwitch;
		this.present = Files.exists(file);
		killSwitch.set(this.present);
	}

	@Override
	public synchronized void run() {
		boolean present = Files.exists(this.file);
		if (present != this.present) {
			this.present = present;
			this.killSwitch.set(present);
		}
	}

}
