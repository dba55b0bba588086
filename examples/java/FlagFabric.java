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
        Attributes attributes = new Attributes(known);
        byte[] name = variant(utf8(flag), utf8(user), attributes.names, attributes.types, attributes.bits, attributes.texts);
        return name == null ? null : new String(name, StandardCharsets.UTF_8);
    }

    /** What is known, in arrays that C can read without calling back; the types are those of flagfabric.h. */
    private static final class Attributes {
        final byte[][] names;
        final int[] types;
        final long[] bits;
        final byte[][] texts;

        Attributes(Map<String, ?> known) {
            names = new byte[known.size()][];
            types = new int[known.size()];
            bits = new long[known.size()];
            texts = new byte[known.size()][];
            int i = 0;
            for (Map.Entry<String, ?> one : known.entrySet()) {
                names[i] = utf8(one.getKey());
                set(i++, one.getValue());
            }
        }

        private void set(int i, Object value) {
            if (value instanceof Boolean truth) {
                types[i] = 1;
                bits[i] = truth ? 1 : 0;
            } else if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
                types[i] = 2;
                bits[i] = ((Number) value).longValue();
            } else if (value instanceof Double || value instanceof Float) {
                types[i] = 3;
                bits[i] = Double.doubleToRawLongBits(((Number) value).doubleValue());
            } else if (value instanceof String text) {
                types[i] = 4;
                texts[i] = utf8(text);
            } else {
                throw new IllegalArgumentException("of a type that no rule can ask for: " + value);
            }
        }
    }

    /** A text as C reads it, with a zero byte at its end. JNI's own texts are in an encoding of Java's. */
    private static byte[] utf8(String text) {
        return text == null ? null : (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private static native boolean enabled(byte[] flag);

    private static native boolean enabledFor(byte[] flag, byte[] user);

    private static native byte[] variant(byte[] flag, byte[] user, byte[][] names, int[] types, long[] bits, byte[][] texts);
}
