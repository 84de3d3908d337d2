package dev.mtls.boot.gate;

import dev.mtls.gate.Rules;

/**
 * Changes the rules of a gate while the application runs. Beans of this type are asked in
 * their order at the start, whenever the gate looks for changes, and when
 * {@link dev.mtls.gate.Gate#reload()} is called: call it to have new rules bite at once.
 */
@FunctionalInterface
public interface RulesCustomizer {

	/**
	 * Customize the rules of a gate.
	 * @param gate the name of the gate: {@code server}, {@code client},
	 * {@code management}, {@code tcp-<name>} for the TCP server of that name, or the name
	 * of a client
	 * @param rules the rules as configured, or as the customizer before left them
	 * @return the rules to use
	 */
	Rules customize(String gate, Rules rules);

}
