package dev.mtls.boot.documentation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.internal.KubernetesDeserializer;

/**
 * The fields that Kubernetes and cert-manager know, with their types.
 */
final class ManifestModel {

	private final KubernetesDeserializer kinds = new KubernetesDeserializer();

	/**
	 * Hold an object against the model of its kind.
	 * @param object the object
	 * @return what is wrong with it: each unknown field, and the first value of another
	 * type
	 */
	List<String> problems(Map<?, ?> object) {
		String version = String.valueOf(object.get("apiVersion"));
		String kind = String.valueOf(object.get("kind"));
		Class<?> type = this.kinds.getRegisteredKind(version, kind);
		return (type != null) ? problems(object, type) : List.of("%s of %s is no kind".formatted(kind, version));
	}

	/**
	 * Hold a part of an object against its model.
	 * @param part the part
	 * @param type the model
	 * @return what is wrong with it, as of an object
	 */
	List<String> problems(Map<?, ?> part, Class<?> type) {
		UnknownFields unknown = new UnknownFields();
		ObjectMapper mapper = mapper(unknown);
		try {
			mapper.treeToValue(mapper.valueToTree(part), type);
		}
		catch (JsonMappingException ex) {
			unknown.problems.add("%s: %s".formatted(path(ex), ex.getOriginalMessage()));
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(ex);
		}
		return unknown.problems;
	}

	private static String path(JsonMappingException ex) {
		return ex.getPath()
			.stream()
			.map((step) -> "/" + ((step.getFieldName() != null) ? step.getFieldName() : step.getIndex()))
			.collect(Collectors.joining());
	}

	private static ObjectMapper mapper(UnknownFields unknown) {
		ObjectMapper mapper = JsonMapper.builder()
			.annotationIntrospector(new NoOtherFields())
			.addHandler(unknown)
			.enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
			.withCoercionConfig(LogicalType.Textual,
					(coercion) -> coercion.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
			.build();
		mapper.setDefaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL));
		return mapper;
	}

	// The models keep what they do not know
	private static final class NoOtherFields extends JacksonAnnotationIntrospector {

		@Override
		public Boolean hasAnySetter(Annotated annotated) {
			return false;
		}

	}

	private static final class UnknownFields extends DeserializationProblemHandler {

		private final List<String> problems = new ArrayList<>();

		@Override
		public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
				JsonDeserializer<?> deserializer, Object beanOrClass, String name) throws IOException {
			this.problems.add("%s is no field".formatted(parser.getParsingContext().pathAsPointer()));
			parser.skipChildren();
			return true;
		}

	}

}
