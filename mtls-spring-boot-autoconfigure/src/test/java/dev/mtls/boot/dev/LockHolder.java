package dev.mtls.boot.dev;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Another process: locks a file, says so, and holds the lock until its input ends.
 */
public final class LockHolder {

	private LockHolder() {
	}

	/**
	 * Lock the file that is named.
	 * @param args the file
	 * @throws IOException if it cannot be locked
	 */
	public static void main(String[] args) throws IOException {
		try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE);
				FileLock lock = channel.lock()) {
			System.out.write(lock.isValid() ? 'L' : 'X');
			System.out.flush();
			System.in.read();
		}
	}

}
