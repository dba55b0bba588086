import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The library's calls with Java's types. Copy it with flagfabric.c, which holds the native methods. */
final class FlagFabric {
    static {
        System.loadLibrary("flagfabric-java");
    }

    private FlagFabric() {}

    /** Whether the flag is on for everybody. */
    static boolean isFeatureEnabled(String flag) {
        return enabled(utf8(flag));
    }

    /** Whether the flag is on for one user; null for nobody in particular. */
    static boolean isFeatureEnabledFor(String flag, String user) {
        return enabledFor(utf8(flag), utf8(user));
    }

    /**
     * The variant's name for a user of whom something is known; null where the program's own default applies.
     *
     * @param known what is known: strings, booleans, whole numbers and others
     */
    static String variant(String flag, String user, Map<String, ?> known) {
        byte[][] names = new byte[known.size()][];
        Object[] values = new Object[known.size()];
        int i = 0;
        for (Map.Entry<String, ?> one : known.entrySet()) {
            names[i] = utf8(one.getKey());
            values[i++] = asNative(one.getValue());
        }
        byte[] name = variant(utf8(flag), utf8(user), names, values);
        return name == null ? null : new String(name, StandardCharsets.UTF_8);
    }

    /** One of the four kinds that flagfabric.c knows: bytes, Boolean, Long and Double. */
    private static Object asNative(Object value) {
        if (value instanceof String text) {
            return utf8(text);
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        throw new IllegalArgumentException("of a type that no rule can ask for: " + value);
    }

    /** A text as C reads it, with a zero byte at its end. JNI's own texts are in an encoding of Java's. */
    private static byte[] utf8(String text) {
        return text == null ? null : (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private static native boolean enabled(byte[] flag);

    private static native boolean enabledFor(byte[] flag, byte[] user);

    private static native byte[] variant(byte[] flag, byte[] user, byte[][] names, Object[] values);
}
