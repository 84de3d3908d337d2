package dev.mtls.cli.doctor;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Prints a diagnosis for scripts.
 */
final class JsonReport {

	private static final JsonFactory FACTORY = JsonFactory.builder()
		.disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
		.build();

	private final PrintWriter out;

	/**
	 * Create a report.
	 * @param out where to
	 */
	JsonReport(PrintWriter out) {
		this.out = out;
	}

	/**
	 * Print a diagnosis as one line of JSON.
	 * @param diagnosis the diagnosis
	 */
	void print(Diagnosis diagnosis) {
		try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), this.out)) {
			json.writeStartObject();
			json.writeStringProperty("target", diagnosis.target().toString());
			json.writeStringProperty("serverName", diagnosis.serverName());
			json.writeBooleanProperty("ok", diagnosis.findings().isEmpty());
			json.writeArrayPropertyStart("steps");
			diagnosis.steps().forEach((step) -> write(json, step));
			json.writeEndArray();
			json.writeEndObject();
		}
		this.out.println();
		this.out.flush();
	}

	private static void write(JsonGenerator json, Step step) {
		json.writeStartObject();
		json.writeStringProperty("step", step.name().code());
		json.writeStringProperty("status", step.status().code());
		json.writeStringProperty("seen", step.seen());
		json.writeObjectPropertyStart("facts");
		for (Map.Entry<String, Object> fact : step.facts().entrySet()) {
			json.writeName(fact.getKey());
			writeValue(json, fact.getValue());
		}
		json.writeEndObject();
		json.writeArrayPropertyStart("problems");
		for (Finding finding : step.findings()) {
			json.writeStartObject();
			json.writeStringProperty("problem", finding.problem().code());
			json.writeStringProperty("wrong", finding.problem().text());
			json.writeStringProperty("detail", finding.detail());
			json.writeStringProperty("mend", finding.fix());
			json.writeEndObject();
		}
		json.writeEndArray();
		json.writeEndObject();
	}

	private static void writeValue(JsonGenerator json, Object value) {
		if (value instanceof List<?> list) {
			json.writeStartArray();
			list.forEach((element) -> writeValue(json, element));
			json.writeEndArray();
		}
		else if (value instanceof Boolean flag) {
			json.writeBoolean(flag);
		}
		else if (value instanceof Number number) {
			json.writeNumber(number.longValue());
		}
		else {
			json.writeString(value.toString());
		}
	}

}
