package dev.mtls.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link ComparedApplication} in a process of its own. It ends when this is closed, and
 * when this process ends in any way.
 */
final class ServerProcess implements AutoCloseable {

	private final ApplicationProcess process;

	private final int port;

	ServerProcess(List<String> properties) throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(properties);
		all.addAll(List.of("server.port=0", "server.address=127.0.0.1", "server.tomcat.max-keep-alive-requests=-1"));
		this.process = new ApplicationProcess(ComparedApplication.class, all);
		this.port = (int) this.process.answer();
	}

	int port() {
		return this.port;
	}

	/**
	 * The processor time that the process has taken in all.
	 * @return the time
	 */
	Duration cpuTime() throws IOException {
		return this.process.cpuTime();
	}

	/**
	 * What the threads of the process have allocated in all.
	 * @return the number of bytes
	 */
	long allocatedBytes() throws IOException, InterruptedException {
		return this.process.ask(ComparedApplication.ALLOCATED);
	}

	@Override
	public void close() throws IOException {
		this.process.close();
	}

}
