package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;
import org.stop4j.Phase;
import org.stop4j.Signal;

import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is written by hand for those who write properties says the same as the record that they are bound to. */
class ConfigurationMetadataTest {
    private record Property(String type, String source, List<String> defaults) {}

    @Test
    void everyPropertyIsDescribedWithItsTypeAndDefault() throws Exception {
        Map<String, Property> declared = new TreeMap<>();
        addDeclared("stop", StopProperties.class, declared);
        assertThat(described()).isEqualTo(declared);
    }

    @Test
    void everyPropertySaysWhatItIsFor() throws Exception {
        assertThat(list("properties"))
                .allSatisfy(property -> assertThat((String) property.get("description"))
                        .endsWith(".")
                        .hasSizeGreaterThan(8));
    }

    @Test
    void itHintsAtAllSignalsAndPhases() throws Exception {
        assertThat(hint("stop.signals"))
                .containsExactlyElementsOf(
                        Arrays.stream(Signal.values()).map(Enum::name).toList());
        assertThat(hint("stop.reserve.keys"))
                .containsExactlyElementsOf(
                        Stream.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST)
                                .map(phase -> phase.name().toLowerCase(Locale.ROOT))
                                .toList());
    }

    // ---- what is bound

    private static void addDeclared(
            String prefix, Class<?> type, Map<String, Property> properties) {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        Parameter[] parameters = constructor.getParameters();
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String name = prefix + '.' + kebab(components[i].getName());
            if (components[i].getType().isRecord()) {
                addDeclared(name, components[i].getType(), properties);
            } else {
                properties.put(
                        name,
                        new Property(
                                name(components[i].getGenericType()),
                                type.getName(),
                                defaults(parameters[i])));
            }
        }
    }

    private static List<String> defaults(Parameter parameter) {
        DefaultValue value = parameter.getAnnotation(DefaultValue.class);
        return value == null ? List.of() : List.of(value.value());
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String name(Type type) {
        String name = type.getTypeName().replace(" ", "");
        return switch (name) {
            case "boolean" -> "java.lang.Boolean";
            case "int" -> "java.lang.Integer";
            default -> name;
        };
    }

    // ---- what is described

    private static Map<String, Property> described() throws Exception {
        Map<String, Property> properties = new TreeMap<>();
        for (Map<String, Object> property : list("properties")) {
            properties.put(
                    (String) property.get("name"),
                    new Property(
                            text(property, "type"),
                            text(property, "sourceType"),
                            texts(property.get("defaultValue"))));
        }
        return properties;
    }

    private static List<String> hint(String name) throws Exception {
        List<String> values = new ArrayList<>();
        for (Map<String, Object> hint : list("hints")) {
            if (name.equals(hint.get("name")) && hint.get("values") instanceof List<?> all) {
                all.forEach(value -> values.add(text((Map<?, ?>) value, "value")));
            }
        }
        return values;
    }

    private static String text(Map<?, ?> object, String key) {
        return String.valueOf(object.get(key));
    }

    private static List<String> texts(@org.jspecify.annotations.Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        return value instanceof List<?> all
                ? all.stream().map(Object::toString).toList()
                : List.of(value.toString());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(String key) throws Exception {
        try (InputStream in = Objects.requireNonNull(StopProperties.class.getResourceAsStream(
                "/META-INF/spring-configuration-metadata.json"))) {
            String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Object list = JsonParserFactory.getJsonParser().parseMap(json).get(key);
            return (List<Map<String, Object>>) Objects.requireNonNull(list, key);
        }
    }
}
