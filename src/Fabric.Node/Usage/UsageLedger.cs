using Fabric.Bpf.Usage;

namespace Fabric.Node.Usage;

/// <summary>When a caller was first and last seen to ask.</summary>
/// <param name="Evaluations">How often it had asked by then.</param>
/// <param name="Last">When a reading first showed that many.</param>
internal readonly record struct UsageSeen(long Evaluations, DateTimeOffset Last);

/// <summary>
/// All that is counted on this host: what has been taken over from processes that ended, what the living ones and the kernel
/// hold, and what the node answered itself. One thread at a time.
/// </summary>
internal sealed class UsageLedger(VariantNames names, DateTimeOffset since)
{
    private readonly Dictionary<UsageKey, UsageSeen> _seen = [];

    // Sheets whose counts are in Settled: they are never added again, until they are gone from the folder.
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>When counting began on this host.</summary>
    public DateTimeOffset Since { get; set; } = since;

    /// <summary>Taken over: nobody else has it any more.</summary>
    public UsageSums Settled { get; } = new();

    /// <summary>What the kernel holds, of one epoch.</summary>
    public UsageSums Kernel { get; private set; } = new();

    public string? Epoch { get; set; }

    /// <summary>What living processes hold.</summary>
    public UsageSums Living { get; private set; } = new();

    public bool LivingOutlivesBoot { get; private set; }

    /// <summary>Calls that are known and of which the flag is not.</summary>
    public long SettledBeyond { get; set; }

    public long LivingBeyond { get; private set; }

    public int Unread { get; private set; }

    /// <summary>Calls that the kernel had no memory to evaluate a rule for, of this epoch.</summary>
    public long OutOfMemory { get; private set; }

    public IReadOnlyDictionary<UsageKey, UsageSeen> Seen => _seen;

    public IReadOnlyCollection<string> Taken => _taken;

    /// <summary>Everything together.</summary>
    public UsageSums Total()
    {
        var total = new UsageSums();
        total.Add(Settled);
        total.Add(Kernel);
        total.Add(Living);
        return total;
    }

    public void Restore(UsageKey key, UsageSeen seen) => _seen[key] = seen;

    public void RestoreTaken(string sheet) => _taken.Add(sheet);

    /// <summary>Takes a reading over.</summary>
    /// <returns>Sheets that have ended and whose counts are here: to be taken away once that is on the disk.</returns>
    public IReadOnlyList<string> Take(UsageReading reading, Func<string, bool> isFlag, DateTimeOffset now)
    {
        // A name that is gone was taken away; a sheet never has it again.
        _taken.IntersectWith(reading.Sheets.Select(static sheet => sheet.Id));
        (Living, LivingBeyond, Unread, LivingOutlivesBoot) = (new UsageSums(), 0, reading.Unread, reading.SheetsOutliveBoot);
        foreach (var sheet in reading.Sheets.Where(sheet => !_taken.Contains(sheet.Id)))
        {
            (sheet.Ended ? Settled : Living).Add(sheet.Rows, names, isFlag);
            if (sheet.Ended)
                SettledBeyond += sheet.Beyond;
            else
                LivingBeyond += sheet.Beyond;
            if (sheet.Ended)
                _taken.Add(sheet.Id);
        }

        TakeKernel(reading.Kernel, isFlag);
        LookAt(now);
        return [.. _taken];
    }

    /// <summary>Counts an answer of the node's own.</summary>
    public void CountRemote(string flag, string? variant, bool missed, DateTimeOffset now)
    {
        var tally = Settled[Settled.Admit(new UsageKey(UsageDoor.Remote, flag, Exe: null, missed), isFlag: !missed)];
        tally.Began(now);
        if (variant is null)
            tally.AddDefaults(1);
        else
            tally.AddVariant(variant, 1);
    }

    /// <summary>Forgets names that no flag has, and that nobody has asked for since.</summary>
    public void Forget(Func<string, bool> isFlag, DateTimeOffset before)
    {
        foreach (var key in _seen.Where(seen => seen.Value.Last < before && !isFlag(seen.Key.Flag)).Select(static seen => seen.Key).ToArray())
        {
            Settled.Remove(key);
            _seen.Remove(key);
        }
    }

    private void TakeKernel(KernelReading? reading, Func<string, bool> isFlag)
    {
        // While the map cannot be read, what was read last stands.
        if (reading is null)
            return;
        if (Epoch is not null && Epoch != reading.Epoch)
            Settled.Add(Kernel);
        Epoch = reading.Epoch;
        Kernel = new UsageSums();
        Kernel.Add(reading.Rows, names, isFlag);
        LivingBeyond += reading.Beyond;
        OutOfMemory = reading.OutOfMemory;
    }

    private void LookAt(DateTimeOffset now)
    {
        foreach (var (key, tally) in Total().Tallies)
        {
            var evaluations = tally.Evaluations;
            if (!_seen.TryGetValue(key, out var seen) || evaluations > seen.Evaluations)
                _seen[key] = new UsageSeen(evaluations, now);
            else if (evaluations < seen.Evaluations)
                _seen[key] = seen with { Evaluations = evaluations };
        }
    }
}
