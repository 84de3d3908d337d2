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
	 * Asks how many bytes the threads that live have allocated since they began.
	 */
	static final char ALLOCATED = 'a';

	public static void main(String[] args) throws IOException {
		try (ConfigurableApplicationContext context = SpringApplication.run(ComparedApplication.class, args)) {
			answer(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
			while (System.in.read() != -1) {
				answer(allocatedBytes());
			}
		}
	}

	static void answer(long number) {
		System.out.println(ApplicationProcess.ANSWER + number);
	}

	static long allocatedBytes() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long[] allocated = threads.getThreadAllocatedBytes(threads.getAllThreadIds());
		return Arrays.stream(allocated).filter((bytes) -> bytes > 0).sum();
	}

}
