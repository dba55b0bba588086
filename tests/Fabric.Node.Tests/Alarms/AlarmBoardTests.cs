using Fabric.Node.Alarms;
using Fabric.Node.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Node.Tests.Alarms;

public sealed class AlarmBoardTests
{
    private readonly Clock _clock = new();
    private readonly AlarmBoard _board;

    public AlarmBoardTests() => _board = new AlarmBoard(_clock, NullLogger.Instance);

    [Fact]
    public void An_alarm_keeps_its_beginning_while_what_it_says_changes_and_is_heard_of_once()
    {
        var heard = new List<int>();
        _board.Changed += current => heard.Add(current.Length);
        _board.Raise(AlarmKinds.DiskLow, "20 MiB are free", "free some");
        var began = _clock.Now;
        _clock.Now += TimeSpan.FromMinutes(1);
        _board.Raise(AlarmKinds.DiskLow, "10 MiB are free", "free some");

        Assert.Equal(new Alarm(AlarmKinds.DiskLow, began, "10 MiB are free", "free some"), Assert.Single(_board.Current));
        _board.Clear(AlarmKinds.DiskLow);
        _board.Clear(AlarmKinds.DiskLow);
        Assert.Empty(_board.Current);
        Assert.Equal([1, 0], heard);
    }

    [Fact]
    public void A_disk_is_slow_by_the_median_of_its_last_records_and_fast_again_likewise()
    {
        var watch = new SlowDiskWatch(Path.GetTempPath(), _board);
        Note(watch, 900, 1, 1, 900, 1, 1, 900);
        Assert.Empty(_board.Current);
        Note(watch, 900, 900);
        Assert.Contains("after 900 ms", Assert.Single(_board.Current).Detail, StringComparison.Ordinal);
        Note(watch, 1, 1);
        Assert.Single(_board.Current);
        Note(watch, 1);
        Assert.Empty(_board.Current);
    }

    [Fact]
    public void States_that_differ_no_more_end_the_alarm_at_once_and_a_host_that_healed_remembers_it()
    {
        var state = new StateAlarm(_board, _clock);
        state.Differs("this host and b differ");
        Assert.Single(_board.Current);
        state.Agrees();
        Assert.Empty(_board.Current);

        state.Differs("this host and b differ");
        state.Healed("b", 7);
        state.Agrees();
        Assert.Contains("that of b at revision 7", Assert.Single(_board.Current).Detail, StringComparison.Ordinal);
        _clock.Now += StateAlarm.Remembered;
        state.Expire();
        Assert.Empty(_board.Current);
    }

    private static void Note(SlowDiskWatch watch, params int[] milliseconds)
    {
        foreach (var time in milliseconds)
            watch.Note(TimeSpan.FromMilliseconds(time));
    }

    /// <summary>A clock that stands still until it is told to go on.</summary>
    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;
    }
}
