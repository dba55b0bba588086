import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks for a flag and prints the answer whenever it changes.
 *
 * <pre>java -cp out -Djava.library.path=out Demo new-checkout-flow user-17</pre>
 */
final class Demo {
    private static final CountDownLatch STOPPING = new CountDownLatch(1);

    private Demo() {}

    public static void main(String[] arguments) throws InterruptedException {
        String flag = arguments.length > 0 ? arguments[0] : "new-checkout-flow";
        String user = arguments.length > 1 ? arguments[1] : null;
        long interval = Long.parseLong(System.getenv().getOrDefault("INTERVAL_MS", "100"));
        Map<String, ?> known = Map.of("language", "java", "interval", interval);
        String everybody = "";
        String somebody = "";

        endWellOnSigterm();
        do {
            everybody = say(everybody, flag + " " + onOrOff(FlagFabric.isFeatureEnabled(flag)));
            if (user != null) {
                String variant = FlagFabric.variant(flag, user, known);
                somebody = say(somebody, flag + " for " + user + ": " + onOrOff(FlagFabric.isFeatureEnabledFor(flag, user))
                    + ", variant " + (variant == null ? "-" : variant));
            }
        } while (!STOPPING.await(interval, TimeUnit.MILLISECONDS));
    }

    /** Left alone, the JVM says 143 after SIGTERM even where all ended in order. */
    private static void endWellOnSigterm() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            STOPPING.countDown();
            Runtime.getRuntime().halt(0);
        }));
    }

    /** Prints a line where it differs from the one before; standard output flushes at a line's end. */
    private static String say(String last, String line) {
        if (!line.equals(last)) {
            System.out.println(line);
        }
        return line;
    }

    private static String onOrOff(boolean on) {
        return on ? "on" : "off";
    }
}
