using System.Diagnostics;
using System.Globalization;
using Fabric.Bench.Parts;
using Fabric.Bench.Report;
using Fabric.Bench.Running;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Help);
    return 2;
}

Native.Usage = options.Usage;
Results.Begin();
var begun = Stopwatch.GetTimestamp();
var sections = new List<Section>();
(string, Func<Options, Section>)[] parts =
[
    ("calls", Calls.Run), ("usage", Usage.Run), ("peers", Peers.Run), ("probe", Probe.Run), ("rules", Rules.Run), ("verifier", Verifier.Run), ("writes", Writes.Run), ("flips", Flips.Run), ("etcd", Etcd.Run), ("fleet", FleetWide.Run), ("tree", TreeModel.Run),
];
foreach (var (name, part) in parts)
{
    if (!options.Wants(name))
        continue;
    Console.Error.WriteLine($"  {name}");
    try
    {
        sections.Add(part(options));
    }
    catch (Exception failure) when (failure is InvalidOperationException or TimeoutException or HttpRequestException)
    {
        Console.Error.WriteLine($"{name}: {failure.Message}");
        return 1;
    }
}

var results = Results.Markdown(sections, Stopwatch.GetElapsedTime(begun));
Console.Write(results);
if (options.Whole)
    File.WriteAllText(Path.Combine(Repository.Root, "bench", "RESULTS.md"), results);
return 0;
