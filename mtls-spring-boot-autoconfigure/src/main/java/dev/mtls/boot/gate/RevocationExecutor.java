package dev.mtls.boot.gate;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads that fetch and verify CRLs and OCSP answers. Nobody else uses them, so that
 * what an application does never keeps a peer waiting. They end when they have nothing to
 * do.
 */
public final class RevocationExecutor implements DisposableBean {

	private static final int THREADS = 4;

	private static final int MAX_WAITING = 10_000;

	private final ThreadPoolExecutor threads;

	/**
	 * Create an executor.
	 */
	public RevocationExecutor() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory("mtls-revocation-");
		factory.setDaemon(true);
		this.threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING), factory);
		this.threads.allowCoreThreadTimeOut(true);
	}

	/**
	 * Run a task. This is no {@link java.util.concurrent.Executor Executor}, since Spring
	 * Boot makes no {@code applicationTaskExecutor} where a bean is one.
	 * @param task the task
	 */
	public void execute(Runnable task) {
		this.threads.execute(task);
	}

	@Override
	public void destroy() {
		this.threads.shutdownNow();
	}

}
