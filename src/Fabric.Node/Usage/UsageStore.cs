using System.Text.Json;
using System.Text.Json.Serialization;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Usage;

namespace Fabric.Node.Usage;

/// <summary>
/// Keeps a ledger in the node's data folder. What is in sheets and in the kernel is noted too, for the one case in which
/// they are lost: the host starts anew.
/// </summary>
internal sealed class UsageStore(string folder)
{
    private const long MaxBytes = 64 << 20;

    private readonly string _path = Path.Combine(folder, "usage.json");

    /// <summary>Reads into an empty ledger what was saved last; nothing where nothing ever was.</summary>
    /// <returns>Why what is there cannot be understood: then counting begins anew, and the file was moved aside.</returns>
    public string? Read(UsageLedger ledger, VariantNames names, string boot)
    {
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists)
                return null;
            if (file.Length > MaxBytes)
                throw new JsonException($"it has more than {MaxBytes} bytes");
            var saved = JsonSerializer.Deserialize(File.ReadAllBytes(_path), UsageJson.Default.SavedUsage) ?? throw new JsonException("it is empty");
            saved.Restore(ledger, names, boot);
            return null;
        }
        catch (Exception unusable) when (unusable is JsonException or IOException or UnauthorizedAccessException)
        {
            File.Move(_path, $"{_path}.unusable", overwrite: true);
            return $"{_path} cannot be understood and was moved aside: {unusable.Message}";
        }
    }

    /// <summary>The file's content for a ledger as it is now.</summary>
    public static byte[] Write(UsageLedger ledger, VariantNames names, string boot) =>
        JsonSerializer.SerializeToUtf8Bytes(SavedUsage.Of(ledger, names, boot), UsageJson.Default.SavedUsage);

    /// <exception cref="IOException">The disk did not take it; what was saved before still is.</exception>
    public void Save(byte[] content)
    {
        Directory.CreateDirectory(folder);
        DurableFile.Replace(_path, content);
    }
}

/// <summary>One tally in the file.</summary>
internal sealed record SavedTally(
    UsageDoor Door, string Flag, string? Exe, bool Missed, Dictionary<string, long>? Variants, long Defaults, DateTimeOffset First, int Processes)
{
    public static SavedTally Of(UsageKey key, UsageTally tally) =>
        new(key.Door, key.Flag, key.Exe, key.Missed, tally.Variants, tally.Defaults, tally.First, tally.Processes);

    public void AddTo(UsageSums sums)
    {
        var tally = sums[new UsageKey(Door, Flag, Exe, Missed)];
        tally.AddDefaults(Defaults);
        foreach (var (name, calls) in Variants ?? [])
            tally.AddVariant(name, calls);
        tally.Began(First);
        tally.CountProcesses(Processes);
    }
}

/// <summary>When a key was seen last.</summary>
internal sealed record SavedSeen(UsageDoor Door, string Flag, string? Exe, bool Missed, long Evaluations, DateTimeOffset Last);

/// <summary>The file's content.</summary>
internal sealed record SavedUsage(
    DateTimeOffset Since, string Boot, string? Epoch, IReadOnlyList<SavedTally> Settled, IReadOnlyList<SavedTally> Kernel, IReadOnlyList<SavedTally> Living,
    bool LivingOutlivesBoot, long Beyond, IReadOnlyList<SavedSeen> Seen, IReadOnlyList<string> Taken, IReadOnlyDictionary<uint, string[]> Lists)
{
    public static SavedUsage Of(UsageLedger ledger, VariantNames names, string boot) => new(
        ledger.Since, boot, ledger.Epoch, Saved(ledger.Settled), Saved(ledger.Kernel), Saved(ledger.Living), ledger.LivingOutlivesBoot, ledger.SettledBeyond,
        [.. ledger.Seen.Select(static seen => new SavedSeen(seen.Key.Door, seen.Key.Flag, seen.Key.Exe, seen.Key.Missed, seen.Value.Evaluations, seen.Value.Last))],
        [.. ledger.Taken], names.Lists.ToDictionary(static list => list.Key, static list => list.Value.ToArray()));

    public void Restore(UsageLedger ledger, VariantNames names, string boot)
    {
        ledger.Since = Since;
        ledger.SettledBeyond = Beyond;
        foreach (var tally in Settled)
            tally.AddTo(ledger.Settled);
        foreach (var seen in Seen)
            ledger.Restore(new UsageKey(seen.Door, seen.Flag, seen.Exe, seen.Missed), new UsageSeen(seen.Evaluations, seen.Last));
        foreach (var (list, of) in Lists)
            names.Note(list, [.. of]);
        foreach (var sheet in Taken)
            ledger.RestoreTaken(sheet);
        if (boot == Boot)
        {
            ledger.Epoch = Epoch;
            foreach (var tally in Kernel)
                tally.AddTo(ledger.Kernel);
            return;
        }

        // Whoever counted it in memory is gone with it.
        foreach (var tally in LivingOutlivesBoot ? Kernel : Kernel.Concat(Living))
            tally.AddTo(ledger.Settled);
    }

    private static SavedTally[] Saved(UsageSums sums) => [.. sums.Tallies.Select(static one => SavedTally.Of(one.Key, one.Value))];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SavedUsage))]
internal sealed partial class UsageJson : JsonSerializerContext;
