package dev.mtls.boot.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsGrpcServerCustomizer}.
 */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MtlsGrpcServerCustomizerTests {

	private GrpcTestServer server;

	@BeforeEach
	void open() throws Exception {
		this.server = new GrpcTestServer(true, null);
	}

	@AfterEach
	void close() throws Exception {
		this.server.close();
	}

	@Test
	void callWhenPeerIsAdmittedTellsItsHandlerWhoItIs() throws Exception {
		TestCall call = this.server.call(this.server.ready(this.server.client("alice")));
		call.listener().onReady();
		call.listener().onMessage("hello");
		call.listener().onHalfClose();
		call.handled().sendHeaders(new Metadata());
		call.handled().sendMessage("hello back");
		call.handled().close(Status.OK, new Metadata());
		call.listener().onComplete();
		assertThat(call.peer()).isEqualTo("alice");
		assertThat(call.told).containsExactly("ready", "hello", "half-close", "complete");
		assertThat(call.sent).containsExactly("headers", "hello back");
		assertThat(call.status().getCode()).isEqualTo(Code.OK);
		assertThat(GrpcPeer.current()).isEmpty();
	}

	@Test
	void callsWhenOnOneConnectionAdmitItOnce() throws Exception {
		Attributes connection = this.server.ready(this.server.client("alice"));
		for (int i = 0; i < 3; i++) {
			assertThat(this.server.call(connection).isHandled()).isTrue();
		}
		assertThat(this.server.gate().connections()).hasSize(1);
		assertThat(this.server.events(MtlsEvent.PeerAdmitted.class)).hasSize(1);
		this.server.terminated(connection);
		assertThat(this.server.gate().connections()).isEmpty();
	}

	@Test
	void callWhenPeerHasNoCertificateIsUnauthenticated() throws Exception {
		assertRefused(this.server.call(this.server.ready(this.server.anonymous())), Code.UNAUTHENTICATED,
				Reason.CERTIFICATE_MISSING);
	}

	@Test
	void callWhenNoCertificateIsNeededTellsNobody() throws Exception {
		open(false, null);
		TestCall call = this.server.call(this.server.ready(this.server.anonymous()));
		call.listener().onMessage("hello");
		assertThat(call.told).containsExactly("hello");
		assertThat(call.peer()).isNull();
	}

	@Test
	void callWhenThereIsNoTlsIsUnauthenticatedEvenWhereNoCertificateIsNeeded() throws Exception {
		open(false, null);
		Attributes plain = this.server.ready(Attributes.newBuilder()
			.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
			.build());
		assertRefused(this.server.call(plain), Code.UNAUTHENTICATED, Reason.CERTIFICATE_MISSING);
	}

	@Test
	void callWhenAttributesAreLostIsDenied() throws Exception {
		assertRefused(this.server.call(Attributes.EMPTY), Code.PERMISSION_DENIED, Reason.INTERNAL);
	}

	@Test
	void handshakeWhenNameIsNotAllowedFails() throws Exception {
		this.server.allow("alice");
		assertThatExceptionOfType(SSLException.class)
			.isThrownBy(() -> this.server.connect(this.server.client("mallory")));
	}

	@Test
	void callWhenCertificateIsWantedAndNameIsNotAllowedIsDenied() throws Exception {
		open(false, null);
		SSLContext client = this.server.client("mallory");
		Attributes connection = this.server.ready(client);
		this.server.allow("alice");
		assertRefused(this.server.call(connection), Code.PERMISSION_DENIED, Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(this.server.call(connection), Code.PERMISSION_DENIED, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void callWhenSessionIsResumedAfterAChangeOfRulesIsDenied() throws Exception {
		SSLContext client = this.server.client("mallory");
		SSLSocket first = this.server.connect(client);
		assertThat(this.server.call(this.server.ready(first)).isHandled()).isTrue();
		this.server.allow("alice");
		SSLSocket second = this.server.connect(client);
		assertThat(second.getSession().getCreationTime()).as("resumed").isEqualTo(first.getSession().getCreationTime());
		assertThat(second.getSession().getId()).as("resumed").isEqualTo(first.getSession().getId());
		assertRefused(this.server.call(this.server.ready(second)), Code.PERMISSION_DENIED, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void runningCallWhenRulesChangeEndsWithinASecond() throws Exception {
		Attributes connection = this.server.ready(this.server.client("mallory"));
		Attributes other = this.server.ready(this.server.client("alice"));
		TestCall call = this.server.call(connection);
		TestCall staying = this.server.call(other);
		call.listener().onMessage("before");
		call.handled().sendMessage("before");
		this.server.allow("alice");
		Status status = call.status();
		assertThat(status.getCode()).isEqualTo(Code.PERMISSION_DENIED);
		assertThat(status.getDescription()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED.code());
		call.listener().onMessage("after");
		call.listener().onHalfClose();
		call.listener().onReady();
		call.handled().sendHeaders(new Metadata());
		call.handled().sendMessage("after");
		call.handled().close(Status.OK, new Metadata());
		assertThat(call.handled().isCancelled()).isTrue();
		assertThat(call.handled().isReady()).isFalse();
		call.listener().onComplete();
		assertThat(call.told).containsExactly("before", "cancel");
		assertThat(call.sent).containsExactly("before");
		assertThat(staying.isClosed()).isFalse();
		assertRefused(this.server.call(connection), Code.PERMISSION_DENIED, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void contextWhenCallIsEndedIsCancelled() throws Exception {
		TestCall call = this.server.call(this.server.ready(this.server.client("mallory")));
		CountDownLatch cancelled = new CountDownLatch(1);
		call.context().addListener((context) -> cancelled.countDown(), Runnable::run);
		assertThat(call.context().isCancelled()).isFalse();
		this.server.allow("alice");
		assertThat(cancelled.await(1, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void contextWhenCallWasClosedFurtherOutIsCancelledAsWell() throws Exception {
		TestCall call = this.server.call(this.server.ready(this.server.client("mallory")));
		CountDownLatch cancelled = new CountDownLatch(1);
		call.context().addListener((context) -> cancelled.countDown(), Runnable::run);
		call.close(Status.ABORTED, new Metadata());
		this.server.allow("alice");
		assertThat(cancelled.await(1, TimeUnit.SECONDS)).isTrue();
		assertThat(call.status().getCode()).isEqualTo(Code.ABORTED);
	}

	@Test
	void messageWhenNoWalkHasBeenYetDoesNotReachTheHandler() throws Exception {
		TestCall call = this.server.call(this.server.ready(this.server.client("mallory")));
		this.server.stopWalking();
		this.server.allow("alice");
		call.listener().onMessage("after");
		assertThat(call.told).isEmpty();
		assertThat(call.status().getCode()).isEqualTo(Code.PERMISSION_DENIED);
	}

	@Test
	void callWhenKillSwitchIsEngagedEndsUntilItIsReleased() throws Exception {
		Attributes connection = this.server.ready(this.server.client("alice"));
		TestCall call = this.server.call(connection);
		this.server.killSwitch().set(true);
		assertThat(call.status().getDescription()).isEqualTo(Reason.KILL_SWITCH.code());
		assertRefused(this.server.call(connection), Code.PERMISSION_DENIED, Reason.KILL_SWITCH);
		this.server.killSwitch().set(false);
		TestCall released = this.server.call(connection);
		assertThat(released.isHandled()).isTrue();
		this.server.killSwitch().set(true);
		assertThat(released.status().getDescription()).isEqualTo(Reason.KILL_SWITCH.code());
	}

	@Test
	void connectionWhenAddressIsNotAllowedIsEndedBeforeACall() throws Exception {
		open(true, List.of("192.0.2.0/24"));
		SSLSocket accepted = this.server.connect(this.server.client("alice"));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.server.ready(accepted))
			.satisfies(
					(ex) -> assertThat(ex.getStatus().getDescription()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED.code()));
		this.server.terminated(null);
		assertThat(this.server.gate().connections()).isEmpty();
	}

	@Test
	void callWhenConnectionHasEndedLeavesNoneBehind() throws Exception {
		Attributes connection = this.server.ready(this.server.client("alice"));
		this.server.terminated(connection);
		this.server.call(connection);
		assertThat(this.server.gate().connections()).isEmpty();
	}

	private void open(boolean certificateRequired, @Nullable List<String> allowedNetworks) throws Exception {
		this.server.close();
		this.server = new GrpcTestServer(certificateRequired, allowedNetworks);
	}

	private static void assertRefused(TestCall call, Code code, Reason reason) throws Exception {
		assertThat(call.isHandled()).isFalse();
		assertThat(call.status().getCode()).isEqualTo(code);
		assertThat(call.status().getDescription()).isEqualTo(reason.code());
	}

}
