package dev.mtls.cli.tunnel;

import java.time.Duration;
import java.util.List;

import picocli.CommandLine.Model.OptionSpec;

/**
 * An option of the command line, and the property that its value becomes.
 *
 * @param name the option, such as {@code --allow-cn}
 * @param label what the help calls its value
 * @param type the type of the value; that of an option which may be given several times
 * is {@link List}
 * @param property the property, such as {@code mtls.server.allowed-clients}
 * @param valuePrefix what stands before the value in the property, such as {@code cn:}
 * @param description the text of the help
 */
record Flag(String name, String label, Class<?> type, String property, String valuePrefix, String description) {

	static Flag text(String name, String label, String property, String description) {
		return new Flag(name, label, String.class, property, "", description);
	}

	static Flag file(String name, String property, String description) {
		return new Flag(name, "FILE", String.class, property, "file:", description);
	}

	static Flag texts(String name, String label, String property, String valuePrefix, String description) {
		return new Flag(name, label, List.class, property, valuePrefix, description);
	}

	static Flag of(Class<?> type, String name, String label, String property, String description) {
		return new Flag(name, label, type, property, "", description);
	}

	static Flag on(String name, String property, String description) {
		return new Flag(name, "", Boolean.class, property, "", description);
	}

	boolean isRepeatable() {
		return this.type == List.class;
	}

	boolean isSwitch() {
		return this.type == Boolean.class;
	}

	/**
	 * The option for picocli.
	 * @return the option
	 */
	OptionSpec option() {
		OptionSpec.Builder option = OptionSpec.builder(this.name).description(this.description);
		if (isSwitch()) {
			return option.type(boolean.class).build();
		}
		option.paramLabel(this.label);
		if (isRepeatable()) {
			return option.type(List.class).auxiliaryTypes(String.class).arity("1").build();
		}
		if (this.type == Duration.class) {
			option.converters(new DurationConverter());
		}
		return option.type(this.type).arity("1").build();
	}

	/**
	 * The value of the property.
	 * @param value the value of the option
	 * @return the text, which stands for itself whatever characters it holds
	 */
	String propertyValue(Object value) {
		return literal(rule(value));
	}

	/**
	 * The value with what stands before it in the property.
	 * @param value the value of the option
	 * @return such as {@code cn:billing}
	 */
	String rule(Object value) {
		// SPIFFE IDs have rules of their own
		boolean spiffe = this.valuePrefix.equals("uri:") && value.toString().startsWith("spiffe:");
		return spiffe ? value.toString() : this.valuePrefix + value;
	}

	/**
	 * Write a value so that nothing in it stands for something else.
	 * @param text the value
	 * @return the text for a property source
	 */
	static String literal(String text) {
		return text.replace("${", "\\${");
	}

}
