package dev.mtls.benchmarks;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.RequestFacade;
import org.apache.coyote.Request;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Holds a request open and gives it to another thread, until this is closed.
 */
@RestController
class HeldRequest implements AutoCloseable {

	private final SynchronousQueue<HttpServletRequest> requests = new SynchronousQueue<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Environment environment;

	HeldRequest(Environment environment) {
		this.environment = environment;
	}

	@GetMapping("/held")
	void hold(HttpServletRequest request) throws InterruptedException {
		this.requests.put(request);
		this.closed.await();
	}

	NativeWebRequest request(SSLContext client) throws IOException, InterruptedException {
		int port = this.environment.getRequiredProperty("local.server.port", Integer.class);
		Thread thread = new Thread(() -> requestHeld(client, port), "held-request");
		thread.setDaemon(true);
		thread.start();
		HttpServletRequest request = this.requests.poll(1, TimeUnit.MINUTES);
		if (request == null) {
			throw new IOException("The request did not arrive");
		}
		return new ServletWebRequest(request);
	}

	/**
	 * Tomcat's own request, which wrappers and a facade hide from applications.
	 * @param request the request
	 * @return the request below it
	 */
	static Request coyoteRequest(NativeWebRequest request) {
		RequestFacade facade = Objects.requireNonNull(request.getNativeRequest(RequestFacade.class));
		Field field = Objects.requireNonNull(ReflectionUtils.findField(RequestFacade.class, "request"));
		ReflectionUtils.makeAccessible(field);
		Object connectorRequest = Objects.requireNonNull(ReflectionUtils.getField(field, facade));
		return ((org.apache.catalina.connector.Request) connectorRequest).getCoyoteRequest();
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

	private static void requestHeld(SSLContext client, int port) {
		try (KeepAliveClient connection = new KeepAliveClient(client, port)) {
			connection.get("/held");
		}
		catch (IOException ex) {
			// The server is told of the end of the benchmark, and this thread is not
		}
	}

}
