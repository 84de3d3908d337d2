package dev.mtls.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

import com.sun.management.ThreadMXBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * The application that is compared with itself, once with the starter and once without.
 * It runs in a process of its own until its standard input ends.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ ComparedControllers.class, RefusingFilter.class })
public class ComparedApplication {

	/**
	 * Begins the line that tells the port.
	 */
	static final String PORT = "PORT ";

	/**
	 * Begins the line that answers every byte on standard input: how many bytes the
	 * threads that live have allocated since they began.
	 */
	static final String ALLOCATED = "ALLOCATED ";

	public static void main(String[] args) throws IOException {
		try (ConfigurableApplicationContext context = SpringApplication.run(ComparedApplication.class, args)) {
			System.out.println(PORT + context.getEnvironment().getProperty("local.server.port"));
			ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
			while (System.in.read() != -1) {
				long[] allocated = threads.getThreadAllocatedBytes(threads.getAllThreadIds());
				System.out.println(ALLOCATED + Arrays.stream(allocated).filter((bytes) -> bytes > 0).sum());
			}
		}
	}

}
