package dev.mtls.sample;

import java.net.InetAddress;

import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientCert;
import dev.mtls.identity.PeerIdentity;

/**
 * What only an administrator may ask for.
 */
@RestController
@PreAuthorize("hasRole('ADMIN')")
class AdminController {

	@GetMapping("/admin/report")
	Report report(@ClientCert PeerIdentity caller, @ClientAddress InetAddress address) {
		return new Report(caller.displayName(), address.getHostAddress(), Runtime.version().toString());
	}

	/**
	 * A report.
	 *
	 * @param requestedBy the display name of the caller
	 * @param address where the call came from
	 * @param javaVersion the version of Java that runs the application
	 */
	record Report(String requestedBy, String address, String javaVersion) {

	}

}
