package dev.mtls.cli.tunnel;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.web.server.PortInUseException;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Says in the words of the command line why an application did not start.
 */
final class StartFailure {

	/** Reasons for which the command line is wrong, where it says everything. */
	private static final Set<Reason> USAGE = EnumSet.of(Reason.CONFIGURATION_INVALID, Reason.CONFIGURATION_CONFLICT,
			Reason.RULE_INVALID, Reason.RULES_EMPTY, Reason.TRUST_MISSING, Reason.KEY_MISSING);

	private final GivenFlags given;

	StartFailure(GivenFlags given) {
		this.given = given;
	}

	/**
	 * Translate what an application failed with.
	 * @param failure what it failed with
	 * @return what the command fails with
	 */
	RuntimeException translate(RuntimeException failure) {
		MtlsException known = find(failure, MtlsException.class);
		if (known == null) {
			return other(failure);
		}
		boolean usage = USAGE.contains(known.reason()) && !this.given.has(Flags.CONFIG);
		boolean listener = known.reason() == Reason.BIND_FAILED && this.given.has(Flags.LISTEN);
		String place = listener ? place(Flags.LISTEN) : inFlags(known.place());
		String problem = inFlags(known.problem());
		String fix = inFlags(known.fix());
		return usage ? this.given.usage("%s: %s. %s".formatted(place, problem, fix))
				: new MtlsException(known.reason(), place, problem, fix, known);
	}

	private RuntimeException other(RuntimeException failure) {
		UnboundConfigurationPropertiesException unknown = find(failure, UnboundConfigurationPropertiesException.class);
		if (unknown != null) {
			return unknown(unknown);
		}
		BindException unbound = find(failure, BindException.class);
		if (unbound != null) {
			return invalid(unbound);
		}
		PortInUseException inUse = find(failure, PortInUseException.class);
		if (inUse != null) {
			return new MtlsException(Reason.BIND_FAILED, place(Flags.STATUS), "The port is in use",
					"Choose another one, or end what listens there", failure);
		}
		YAMLException yaml = find(failure, YAMLException.class);
		if (yaml != null) {
			return new MtlsException(Reason.CONFIGURATION_INVALID, place(Flags.CONFIG),
					"It is no YAML" + position(yaml), "Correct it", failure);
		}
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return new MtlsException(Reason.INTERNAL, this.given.spec().qualifiedName(),
				Objects.requireNonNullElse(root.getMessage(), root.toString()), "Try again with --debug", failure);
	}

	private static MtlsException unknown(UnboundConfigurationPropertiesException failure) {
		String names = failure.getUnboundProperties()
			.stream()
			.map((property) -> property.getName().toString())
			.collect(Collectors.joining(", "));
		return new MtlsException(Reason.CONFIGURATION_INVALID, names, "There is no such property",
				"Correct its name, or remove it", failure);
	}

	private RuntimeException invalid(BindException unbound) {
		String place = inFlags(unbound.getName().toString());
		Object value = (unbound.getProperty() != null) ? unbound.getProperty().getValue() : "";
		String problem = "'%s' is no value that can be used".formatted(value);
		return this.given.has(Flags.CONFIG)
				? new MtlsException(Reason.CONFIGURATION_INVALID, place, problem, "Correct it", unbound)
				: this.given.usage("%s: %s".formatted(place, problem));
	}

	private String place(String flag) {
		return "%s=%s".formatted(flag, this.given.text(flag).orElse(""));
	}

	/**
	 * Write flags in place of properties, where no file has set these.
	 * @param text the text
	 * @return the text
	 */
	String inFlags(String text) {
		if (this.given.has(Flags.CONFIG)) {
			return text;
		}
		String translated = text;
		for (String property : properties()) {
			Matcher matcher = Pattern.compile(Pattern.quote(property) + "(\\[[0-9]+])?(?![\\w-])(=true)?")
				.matcher(translated);
			translated = matcher.replaceAll(Matcher.quoteReplacement(flagOf(property, text)));
		}
		return switches().matcher(translated).replaceAll("--$1");
	}

	// A fix may name a property of the tunnel by its last part alone
	private Pattern switches() {
		String names = this.given.flags()
			.all()
			.stream()
			.filter((flag) -> flag.isSwitch() && flag.property().startsWith(Flags.TUNNEL))
			.map((flag) -> flag.property().substring(Flags.TUNNEL.length()))
			.collect(Collectors.joining("|"));
		return Pattern.compile("(?<![\\w.-])(%s)(=true)?(?![\\w-])".formatted(names));
	}

	private List<String> properties() {
		return this.given.flags()
			.all()
			.stream()
			.map(this::property)
			.filter((property) -> !property.isEmpty())
			.distinct()
			.sorted((one, other) -> other.length() - one.length())
			.toList();
	}

	// Of flags that become the same property, the one whose value the text holds
	private String flagOf(String property, String text) {
		List<Flag> candidates = this.given.flags()
			.all()
			.stream()
			.filter((flag) -> property(flag).equals(property))
			.toList();
		List<String> names = new ArrayList<>();
		candidates.stream().filter((flag) -> isNamed(flag, text)).forEach((flag) -> names.add(flag.name()));
		if (names.isEmpty()) {
			candidates.forEach((flag) -> names.add(flag.name()));
		}
		return String.join(" or ", names);
	}

	private boolean isNamed(Flag flag, String text) {
		return this.given.values().get(flag.name()) instanceof List<?> values
				&& values.stream().anyMatch((value) -> text.contains(flag.rule(value)));
	}

	private String property(Flag flag) {
		return Flags.propertyOf(flag, this.given.tunnel());
	}

	private static String position(YAMLException yaml) {
		return (yaml instanceof MarkedYAMLException marked && marked.getProblemMark() != null) ? ", line %d, column %d"
			.formatted(marked.getProblemMark().getLine() + 1, marked.getProblemMark().getColumn() + 1) : "";
	}

	private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (type.isInstance(cause)) {
				return type.cast(cause);
			}
		}
		return null;
	}

}
