package dev.mtls.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link HttpFetcher}.
 */
class HttpFetcherTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final HttpLimits LIMITS = new HttpLimits(LONG, 1000, 4, 4);

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpFetcher fetcher = new HttpFetcher(LIMITS, this.executor);

	@AfterEach
	void close() {
		this.fetcher.close();
		this.executor.shutdownNow();
	}

	@Test
	void getYieldsDocumentWithPlaceWithoutQuery() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(ok("hello"))) {
			Document document = get(this.fetcher.get(URI.create(server.uri() + "?token=secret")));
			assertThat(document.content()).asString().isEqualTo("hello");
			assertThat(document.place()).isEqualTo(server.uri().toString());
			assertThat(server.requests()).singleElement().asString().startsWith("GET /a.crl?token=secret HTTP/1.1\r\n");
		}
	}

	@Test
	void getWhenPathIsNotAsciiYieldsPlaceThatIs() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(ok("hello"))) {
			Document document = get(this.fetcher.get(URI.create(server.uri() + "\u202e")));
			assertThat(document.place()).isEqualTo(server.uri() + "%E2%80%AE");
		}
	}

	@Test
	void postSendsBodyAndYieldsAnswer() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(ok("answer"))) {
			byte[] body = "question".getBytes(StandardCharsets.US_ASCII);
			Document document = get(this.fetcher.post(server.uri(), "application/ocsp-request", body));
			assertThat(document.content()).asString().isEqualTo("answer");
			assertThat(server.requests()).singleElement()
				.asString()
				.startsWith("POST /a.crl HTTP/1.1\r\n")
				.contains("Content-Type: application/ocsp-request\r\n")
				.endsWith("\r\n\r\nquestion");
		}
	}

	@Test
	void getWhenBodyIsAsLargeAsAllowedYieldsIt() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(ok("a".repeat(1000)))) {
			assertThat(get(this.fetcher.get(server.uri())).content()).hasSize(1000);
		}
	}

	@Test
	void getWhenBodyIsEmptyYieldsEmptyDocument() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(ok(""))) {
			assertThat(get(this.fetcher.get(server.uri())).content()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1001\r\n\r\n", "Content-Length: 9000000000\r\n\r\n", "\r\n",
			"Transfer-Encoding: chunked\r\n\r\nffffff\r\n" })
	void getWhenBodyIsTooLargeFails(String head) throws Exception {
		try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\n" + head + "a".repeat(1001))) {
			assertThat(failure(this.fetcher.get(server.uri())).problem())
				.isEqualTo("The answer has more than 1000 bytes");
		}
	}

	@Test
	void getWhenBodyNeverEndsFailsAtLimitAndCloses() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		try (ScriptedServer server = new ScriptedServer((out, in) -> {
			out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			writeUntilClosed(out, closed);
		})) {
			assertThat(failure(this.fetcher.get(server.uri())).problem())
				.isEqualTo("The answer has more than 1000 bytes");
			assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 500\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1f4\r\n" })
	void getWhenBodyIsCutOffFails(String head) throws Exception {
		try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\n" + head + "a".repeat(499))) {
			assertThat(failure(this.fetcher.get(server.uri())).problem()).startsWith("It cannot be read: ");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 201, 204, 206, 400, 401, 404, 407, 500, 503 })
	void getWhenStatusIsNotOkFails(int status) throws Exception {
		try (ScriptedServer server = ScriptedServer
			.answering("HTTP/1.1 %d \r\nContent-Length: 0\r\n\r\n".formatted(status))) {
			assertThat(failure(this.fetcher.get(server.uri())).problem()).contains(String.valueOf(status));
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void getWhenErrorHasEndlessBodyDoesNotReadIt() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		try (ScriptedServer server = new ScriptedServer((out, in) -> {
			out.write("HTTP/1.1 500 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			writeUntilClosed(out, closed);
		})) {
			assertThat(failure(this.fetcher.get(server.uri())).problem())
				.isEqualTo("The answer has the status 500 instead of 200");
			assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void getWhenRedirectedFailsAndSaysWhereTo(int status) throws Exception {
		try (ScriptedServer target = ScriptedServer.answering(ok("elsewhere"));
				ScriptedServer server = ScriptedServer
					.answering("HTTP/1.1 %d Go\r\nLocation: %s\r\n\r\n".formatted(status, target.uri()))) {
			assertThat(failure(this.fetcher.get(server.uri())).problem()).isEqualTo(
					"The answer is a redirect (%d) to %s, which is not followed".formatted(status, target.uri()));
			assertThat(target.requests()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 302 Go\r\nLocation: a\u001b[31mb\r\n\r\n", "\u001b[31mHTTP\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: \u001b[31m\r\n\r\n", "HTTP/1.1 200 OK\r\n\u001b[31m: a\r\n\r\n" })
	void getWhenServerSendsControlCharactersRepeatsNone(String response) throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(response)) {
			MtlsException failure = failure(this.fetcher.get(server.uri()));
			assertThat(failure.problem().chars()).noneMatch(Character::isISOControl);
			assertThat(failure.getMessage()).doesNotContainPattern("\\p{Cntrl}");
			assertThat(failure).hasNoCause();
		}
	}

	@ParameterizedTest
	@CsvSource({ "ftp://127.0.0.1/a, Only http", "file:///etc/passwd, Only http", "ldap://127.0.0.1/a, Only http",
			"//127.0.0.1/a, Only http", "a.crl, Only http", "http://user@127.0.0.1/, user or password",
			"http://user:secret@127.0.0.1/, user or password", "http:///a.crl, no address", "http:a.crl, no address",
			"http://a_b/, no address" })
	void getWhenAddressCannotBeAskedFails(String uri, String problem) throws Exception {
		MtlsException failure = failure(this.fetcher.get(URI.create(uri)));
		assertThat(failure.problem()).contains(problem);
		assertThat(failure.getMessage()).doesNotContain("secret", "null");
	}

	@Test
	void getWhenNobodyListensFails() throws Exception {
		int port;
		try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = unused.getLocalPort();
		}
		assertThat(failure(this.fetcher.get(URI.create("http://127.0.0.1:" + port))).problem())
			.startsWith("It cannot be read: ");
	}

	@Test
	void getWhenServerIsSilentFailsAfterTimeoutAndCloses() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		try (ScriptedServer server = new ScriptedServer((out, in) -> readUntilClosed(in, closed));
				HttpFetcher impatient = new HttpFetcher(new HttpLimits(SHORT, 1000, 1, 1), this.executor)) {
			assertThat(failure(impatient.get(server.uri())).problem())
				.isEqualTo("There is no whole answer within 300 ms");
			assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void getWhenBodyDribblesFailsAfterTimeoutAndCloses() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		try (ScriptedServer server = new ScriptedServer((out, in) -> {
			out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\na".getBytes(StandardCharsets.US_ASCII));
			out.flush();
			readUntilClosed(in, closed);
		}); HttpFetcher impatient = new HttpFetcher(new HttpLimits(SHORT, 1000, 1, 1), this.executor)) {
			assertThat(failure(impatient.get(server.uri())).problem())
				.isEqualTo("There is no whole answer within 300 ms");
			assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void getWhenManyAreAskedRunsSomeAtOnceLetsSomeWaitAndFailsTheRest() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		AtomicInteger atOnce = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		try (ScriptedServer server = new ScriptedServer((out, in) -> {
			most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
			await(go);
			atOnce.decrementAndGet();
			out.write(ok("a").getBytes(StandardCharsets.US_ASCII));
		}); HttpFetcher few = new HttpFetcher(new HttpLimits(LONG, 1000, 2, 3), this.executor)) {
			List<CompletableFuture<Document>> all = IntStream.range(0, 7)
				.mapToObj((i) -> few.get(server.uri()))
				.toList();
			assertThat(failure(all.get(5)).problem()).isEqualTo("2 exchanges run and 3 wait already");
			assertThat(failure(all.get(6)).problem()).isEqualTo("2 exchanges run and 3 wait already");
			Awaitility.await().until(() -> atOnce.get() == 2);
			go.countDown();
			for (CompletableFuture<Document> each : all.subList(0, 5)) {
				assertThat(get(each).content()).hasSize(1);
			}
			assertThat(most).hasValue(2);
			assertThat(get(few.get(server.uri())).content()).hasSize(1);
		}
	}

	@Test
	void getWhenTimeRunsOutWhileItWaitsMakesRoom() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		try (ScriptedServer silent = new ScriptedServer((out, in) -> readUntilClosed(in, closed));
				ScriptedServer server = ScriptedServer.answering(ok("a"));
				HttpFetcher one = new HttpFetcher(new HttpLimits(SHORT, 1000, 1, 1), this.executor)) {
			CompletableFuture<Document> first = one.get(silent.uri());
			CompletableFuture<Document> second = one.get(silent.uri());
			failure(first);
			failure(second);
			assertThat(get(one.get(server.uri())).content()).hasSize(1);
		}
	}

	@Test
	void closeEndsWhatRunsAndWaitsAndBeginsNoMore() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		try (ScriptedServer server = new ScriptedServer((out, in) -> readUntilClosed(in, closed))) {
			HttpFetcher one = new HttpFetcher(new HttpLimits(LONG, 1000, 1, 1), this.executor);
			CompletableFuture<Document> runs = one.get(server.uri());
			CompletableFuture<Document> waits = one.get(server.uri());
			Awaitility.await().until(() -> server.requests().size() == 1);
			one.close();
			assertThat(failure(runs).problem()).isEqualTo("Nothing is fetched any more");
			assertThat(failure(waits).problem()).isEqualTo("Nothing is fetched any more");
			assertThat(failure(one.get(server.uri())).problem()).isEqualTo("Nothing is fetched any more");
			assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void limitsWhenNotPositiveFail() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HttpLimits(Duration.ZERO, 1, 1, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new HttpLimits(Duration.ofNanos(-1), 1, 1, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new HttpLimits(LONG, 0, 1, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new HttpLimits(LONG, 1, 0, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new HttpLimits(LONG, 1, 1, -1));
	}

	private static String ok(String body) {
		return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s".formatted(body.length(), body);
	}

	private static void writeUntilClosed(OutputStream out, CountDownLatch closed) throws IOException {
		try {
			while (true) {
				out.write(new byte[512]);
			}
		}
		finally {
			closed.countDown();
		}
	}

	private static void readUntilClosed(InputStream in, CountDownLatch closed) throws IOException {
		try {
			in.readAllBytes();
		}
		finally {
			closed.countDown();
		}
	}

	private static void await(CountDownLatch latch) throws IOException {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	private static Document get(CompletableFuture<Document> document) throws Exception {
		return document.get(60, TimeUnit.SECONDS);
	}

	private static MtlsException failure(CompletableFuture<Document> document) {
		Throwable thrown = catchThrowable(() -> get(document));
		assertThat(thrown).isInstanceOf(ExecutionException.class).cause().isInstanceOf(MtlsException.class);
		MtlsException failure = (MtlsException) Objects.requireNonNull(thrown.getCause());
		assertThat(failure.reason()).isEqualTo(Reason.SOURCE_UNREADABLE);
		return failure;
	}

}
