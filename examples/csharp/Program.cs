// Asks for a flag and prints the answer whenever it changes.
//
//     dotnet run -- new-checkout-flow user-17
using System.Globalization;
using System.Runtime.InteropServices;
using FlagFabric;

var flag = args.Length > 0 ? args[0] : "new-checkout-flow";
var user = args.Length > 1 ? args[1] : null;
var interval = int.Parse(Environment.GetEnvironmentVariable("INTERVAL_MS") ?? "100", CultureInfo.InvariantCulture);
var known = new Dictionary<string, object> { ["language"] = "c#", ["interval"] = interval };

using var stopping = new CancellationTokenSource();
using var handler = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stopping.Cancel();
});

string? everybody = null, somebody = null;
while (!stopping.IsCancellationRequested)
{
    Say(ref everybody, $"{flag} {OnOrOff(Flags.IsEnabled(flag))}");
    if (user is not null)
        Say(ref somebody, $"{flag} for {user}: {OnOrOff(Flags.IsEnabledFor(flag, user))}, variant {Flags.Variant(flag, user, known) ?? "-"}");
    stopping.Token.WaitHandle.WaitOne(interval);
}

// Prints a line where it differs from the one before; the console's own writer flushes at once.
static void Say(ref string? last, string line)
{
    if (line == last)
        return;
    last = line;
    Console.WriteLine(line);
}

static string OnOrOff(bool on) => on ? "on" : "off";
