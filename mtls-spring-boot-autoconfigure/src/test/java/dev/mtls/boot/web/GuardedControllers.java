package dev.mtls.boot.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * Controllers, for Spring MVC and for WebFlux, with {@link RequireClientCert} wherever it
 * can be.
 */
@Import({ GuardedControllers.OfType.class, GuardedControllers.OfMethods.class, GuardedControllers.Inheriting.class,
		GuardedControllers.OfInterface.class })
public final class GuardedControllers {

	/**
	 * Who alone may be an administrator.
	 */
	public static final String ADMIN = "spiffe://example.org/admin";

	private GuardedControllers() {
	}

	/**
	 * A requirement on the type.
	 */
	@RestController
	@RequireClientCert
	static class OfType {

		@GetMapping("/type/any")
		String any() {
			return "any";
		}

		@GetMapping("/type/admin")
		@RequireClientCert(allowed = ADMIN)
		String admin() {
			return "admin";
		}

		@RequestMapping(path = "/type/options", method = RequestMethod.OPTIONS)
		String options() {
			return "options";
		}

		@GetMapping("/type/cross")
		@CrossOrigin("https://example.org")
		String cross() {
			return "cross";
		}

		@GetMapping("/type/later")
		CompletableFuture<String> later() {
			return CompletableFuture.completedFuture("later");
		}

	}

	/**
	 * Requirements on methods only.
	 */
	@RestController
	static class OfMethods {

		@GetMapping("/method/open")
		String open() {
			return "open";
		}

		@PostMapping("/method/open")
		@RequireClientCert
		String post() {
			return "post";
		}

		@PostMapping("/method/body")
		@AdminOnly
		String body(@RequestBody Unreadable body) {
			return body.toString();
		}

		@GetMapping("/method/composed")
		@AdminOnly
		String composed() {
			return "composed";
		}

		@GetMapping("/method/alias")
		@Only({ "dns:*.example.com", "cn:nobody" })
		String alias() {
			return "alias";
		}

		@GetMapping("/method/address")
		String address(@ClientAddress InetAddress address) {
			return address.getHostAddress();
		}

	}

	/**
	 * A requirement on the superclass of a controller, and on a method of it.
	 */
	@RequireClientCert
	abstract static class Inherited {

		@GetMapping("/inherited/any")
		String any() {
			return "any";
		}

		@GetMapping("/inherited/admin")
		@AdminOnly
		String admin() {
			return "admin";
		}

	}

	/**
	 * Says nothing of its own.
	 */
	@RestController
	static class Inheriting extends Inherited {

		@Override
		String admin() {
			return "overridden";
		}

	}

	/**
	 * A requirement on a method of an interface.
	 */
	interface Api {

		@GetMapping("/interface/admin")
		@AdminOnly
		String admin();

	}

	/**
	 * Says nothing of its own.
	 */
	@RestController
	static class OfInterface implements Api {

		@Override
		public String admin() {
			return "admin";
		}

	}

	/**
	 * An annotation of the application.
	 */
	@Retention(RetentionPolicy.RUNTIME)
	@Target({ ElementType.TYPE, ElementType.METHOD })
	@RequireClientCert(allowed = ADMIN)
	@interface AdminOnly {

	}

	/**
	 * Another one that passes on whom it allows.
	 */
	@Retention(RetentionPolicy.RUNTIME)
	@Target({ ElementType.TYPE, ElementType.METHOD })
	@RequireClientCert
	@interface Only {

		@AliasFor(annotation = RequireClientCert.class, attribute = "allowed")
		String[] value();

	}

	/**
	 * A body that is not there: whoever asks for it is too early.
	 */
	record Unreadable(int number) {

	}

}
