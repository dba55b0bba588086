using Fabric.Node.Alarms;

namespace Fabric.Node.Tables;

/// <summary>
/// Looks again and again whether the table's bytes are what the state says, a part of the flags at a time so that no change
/// waits for it, and makes a table anew that is damaged.
/// </summary>
internal sealed class TableWatch(TableLoop table, AlarmBoard alarms, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Flags that are looked at in one round.</summary>
    private const int FlagsPerRound = 512;

    private string _last = "";
    private long _healed;

    public async Task RoundAsync(CancellationToken token)
    {
        string? why = null;
        await table.WhenCurrentAsync(
            (table, state) =>
            {
                var keys = state.Flags.Flags.Keys.SkipWhile(key => string.CompareOrdinal(key, _last) <= 0).Take(FlagsPerRound).ToArray();
                _last = keys.Length < FlagsPerRound ? "" : keys[^1];
                why = table.WhyDamaged(state.AppliedIndex, state.Flags, keys);
                if (why is not null)
                    table.Rebuild(state.AppliedIndex, state.Flags);
                return why is not null;
            },
            token);
        if (why is not null)
            Healed(why);
        else if (alarms.Find(AlarmKinds.TableDamaged) is not null && time.GetElapsedTime(_healed) >= StateAlarm.Remembered)
            alarms.Clear(AlarmKinds.TableDamaged);
    }

    private void Healed(string why)
    {
        _healed = time.GetTimestamp();
        alarms.Raise(
            AlarmKinds.TableDamaged,
            $"the table was damaged ({why}); it was made anew from the log at {time.GetUtcNow():O}",
            "see who can write to the table's file, and check the host's memory; running programs have moved to the new table by themselves");
    }
}
