package dev.mtls.boot.diagnostics;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.PropertyMatches;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.util.StringUtils;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@link org.springframework.boot.diagnostics.FailureAnalyzer} for a key below
 * {@code mtls} that does not exist. It shows the key and those that there are, but not
 * the value, which may be a password whose key is misspelt.
 */
final class UnknownKeyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> implements Ordered {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("mtls");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		if (!(cause.getCause() instanceof UnboundConfigurationPropertiesException unbound)
				|| !ROOT.isAncestorOf(cause.getName())) {
			return null;
		}
		ConfigurationProperty property = unbound.getUnboundProperties().iterator().next();
		return MtlsFailureAnalyzer.analysisOf(new MtlsException(Reason.CONFIGURATION_INVALID, placeOf(property),
				"there is no such key", fix(cause, property)), cause);
	}

	/**
	 * Before Spring Boot's own, which shows the value.
	 */
	@Override
	public int getOrder() {
		return 0;
	}

	private static String placeOf(ConfigurationProperty property) {
		return (property.getOrigin() != null) ? "%s (%s)".formatted(property.getName(), property.getOrigin())
				: property.getName().toString();
	}

	private static String fix(BindException cause, ConfigurationProperty property) {
		ConfigurationPropertyName parent = cause.getName();
		Class<?> type = cause.getTarget().getType().resolve(Object.class);
		ConfigurationPropertyName unknown = property.getName().chop(parent.getNumberOfElements() + 1);
		RecordComponent component = componentOf(type, unknown);
		while (component != null && component.getType().isRecord()
				&& unknown.getNumberOfElements() < property.getName().getNumberOfElements()) {
			parent = unknown;
			type = component.getType();
			unknown = property.getName().chop(parent.getNumberOfElements() + 1);
			component = componentOf(type, unknown);
		}
		return fix(parent, type, unknown.getLastElement(Form.ORIGINAL));
	}

	private static String fix(ConfigurationPropertyName parent, Class<?> type, String unknown) {
		List<String> known = keysOf(type);
		List<String> similar = new ArrayList<>(known);
		similar.retainAll(Arrays.stream(PropertyMatches.forField(fieldName(unknown), type).getPossibleMatches())
			.map(DataObjectPropertyName::toDashedForm)
			.toList());
		return similar.isEmpty() ? "the keys of %s are %s".formatted(parent, String.join(", ", known)) : "write "
				+ similar.stream().map((key) -> "%s.%s".formatted(parent, key)).collect(Collectors.joining(" or "));
	}

	private static String fieldName(String key) {
		return StringUtils
			.uncapitalize(Arrays.stream(key.split("-")).map(StringUtils::capitalize).collect(Collectors.joining()));
	}

	private static @Nullable RecordComponent componentOf(Class<?> type, ConfigurationPropertyName name) {
		String uniform = name.getLastElement(Form.UNIFORM);
		return components(type).stream()
			.filter((component) -> component.getName().toLowerCase(Locale.ROOT).equals(uniform))
			.findFirst()
			.orElse(null);
	}

	private static List<String> keysOf(Class<?> type) {
		return components(type).stream()
			.map((component) -> DataObjectPropertyName.toDashedForm(component.getName()))
			.toList();
	}

	private static List<RecordComponent> components(Class<?> type) {
		return type.isRecord() ? List.of(type.getRecordComponents()) : List.of();
	}

}
