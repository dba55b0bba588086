using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>A call of the shared door, from C and from C#, beside Microsoft.FeatureManagement.</summary>
internal static class Calls
{
    private const int Flags = 10_000;

    internal static Section Run(Options options)
    {
        var folder = options.Pins ?? options.Work;
        using var plain = BenchTable.Create(options, folder, "calls-plain", BenchTable.Named(Flags, Definitions.On));
        using var rollout = BenchTable.Create(options, folder, "calls-rollout", BenchTable.Named(Flags, Definitions.Rollout));
        using var pair = BenchTable.Create(options, folder, "calls-pair", [(Cases.Plain, Definitions.On), (Cases.Rollout, Definitions.Rollout)]);
        SharedDoor.Use(pair.Table.Path);

        // The C programs run before and after the others, so that a change of the machine's pace shows in both.
        var rounds = options.Rounds(300).ToString();
        var plainDoor = OfPlain();
        var rolloutDoor = OfRollout();
        var peers = Managed.Run(options, [nameof(SharedDoor.Plain), nameof(SharedDoor.Rollout)], typeof(SharedDoor), typeof(FeatureManagement));
        return Describe(
            plain, Native.RunUndisturbed(options, "plain-nothing", plainDoor.And(OfPlain()), OfPlain),
            Native.RunUndisturbed(options, "rollout-nothing", rolloutDoor.And(OfRollout()), OfRollout), peers);

        NativeRun OfPlain() => Native.Run("doors", plain.Table.Path, "plain", plain.NamesFile, rounds);

        NativeRun OfRollout() => Native.Run("doors", rollout.Table.Path, "rollout", rollout.NamesFile, rounds);
    }

    private static Section Describe(BenchTable table, NativeRun plain, NativeRun rollout, IReadOnlyDictionary<string, ManagedRun> peers)
    {
        var section = new Section("A call");
        var (plainDoor, rolloutDoor) = (plain["plain-hot"], rollout["rollout-hot"]);
        section.Row("ns per call", "plain flag", "25 % rollout", "plain ÷ shared door", "rollout ÷ shared door", "allocated");
        Row("a function that does nothing (C)", plain["plain-nothing"], rollout["rollout-nothing"]);
        Row("shared door (C), one flag", plainDoor, rolloutDoor);
        Row("the same, each call waiting for the one before", plain["plain-serial"], rollout["rollout-serial"]);
        Row("shared door (C), 10,000 flags in turn", plain["plain-walk"], rollout["rollout-walk"]);
        Row("a function that does nothing, 10,000 names in turn", plain["plain-walk-nothing"], rollout["rollout-walk-nothing"]);
        Row("shared door (C), a flag that is not there", plain["plain-unknown"], rollout["rollout-unknown"]);
        Peer("shared door (C#, P/Invoke), one flag", nameof(SharedDoor));
        Peer("Microsoft.FeatureManagement 4.7.0", nameof(FeatureManagement));

        section.Note($"The table is {(table.Table.Kind == Bpf.Table.TableKind.Bpf ? "a BPF array" : "a file")} with 10,000 flags under random names. "
            + $"The C program calls through the PLT, names in a random order, 10,000 calls a sample (2,000 where names take turns), the cases in turn; of the rounds those count in which a call that does nothing was as fast as it ever is ({plainDoor.Count} and {rolloutDoor.Count}), since the machine is not ours alone; "
            + "the loop and the call are in the figures, and the rows of a function that does nothing show how much they are. "
            + "Keys have 11 bytes, 1,024 of them in turn.");
        section.Note("The C# rows are BenchmarkDotNet's (in this process, 1,024 calls an operation), between two halves of the C rows, and of its iterations the fastest twentieth, where the C rows have the median of what was not disturbed: that is to the peer's advantage. "
            + "Microsoft.FeatureManagement is set up as its documentation shows: IVariantFeatureManager from dependency injection, definitions in configuration, "
            + "the rollout by the targeting filter (DefaultRolloutPercentage 25) with ITargetingContextAccessor. "
            + "The flag's name goes to the shared door as a UTF-8 literal, the key as a string that is converted for each call.");
        section.Aims.Add(new Aim("shared door, plain flag", 10, plainDoor.Median, "ns"));
        section.Aims.Add(new Aim("shared door, 25 % rollout", 30, rolloutDoor.Median, "ns"));
        return section;

        void Row(string name, Samples ofPlain, Samples ofRollout, string allocated = "") => section.Row(
            name, ofPlain.Text(), ofRollout.Text(),
            $"{ofPlain.Median / plainDoor.Median:F1}", $"{ofRollout.Median / rolloutDoor.Median:F1}", allocated);

        void Peer(string name, string type)
        {
            var (ofPlain, ofRollout) = (peers[$"{type}.Plain"], peers[$"{type}.Rollout"]);
            Row(name, ofPlain.Time, ofRollout.Time, $"{ofPlain.Bytes:F0} B, {ofRollout.Bytes:F0} B");
        }
    }
}
