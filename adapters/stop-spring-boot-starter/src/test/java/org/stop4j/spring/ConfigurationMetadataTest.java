package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.stream.Collectors.joining;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.stop4j.Phase;
import org.stop4j.Signal;

import java.io.InputStream;
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
    private record Property(String type, String source) {}

    @Test
    void everyPropertyIsDescribedWithItsType() throws Exception {
        Map<String, Property> declared = new TreeMap<>();
        addDeclared("stop", StopProperties.class, declared);
        assertThat(described()).isEqualTo(declared);
    }

    @Test
    void whoeverSetsTheDefaultsThatAreDescribedSetsWhatIsThereAnyway() throws Exception {
        Map<String, String> defaults = new TreeMap<>();
        for (Map<String, Object> property : list("properties")) {
            Object value = property.get("defaultValue");
            if (value != null) {
                defaults.put(
                        text(property, "name"),
                        value instanceof List<?> all
                                ? all.stream().map(Object::toString).collect(joining(","))
                                : value.toString());
            }
        }
        assertThat(defaults)
                .containsKeys("stop.timeout", "stop.hold-limit", "stop.signals", "stop.http.port");
        assertThat(bound(defaults)).isEqualTo(bound(Map.of()));
    }

    private static StopProperties bound(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("stop", StopProperties.class);
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
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + '.' + kebab(component.getName());
            if (component.getType().isRecord()) {
                addDeclared(name, component.getType(), properties);
            } else {
                properties.put(
                        name, new Property(name(component.getGenericType()), type.getName()));
            }
        }
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
                    new Property(text(property, "type"), text(property, "sourceType")));
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
