using System.Text;
using Fabric.Raft.Log;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Log;

/// <summary>What the files of the log say after crashes, and after their bytes have changed.</summary>
public sealed class LogFilesTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private string Directory => folder["entries"];

    private string OnlyFile => System.IO.Directory.GetFiles(Directory).Single();

    public void Dispose() => folder.Dispose();

    private static StoredEntry[] Entries(long first, long term, params string[] texts) =>
        [.. texts.Select((text, i) => new StoredEntry(first + i, term, Encoding.UTF8.GetBytes(text)))];

    private void Write(params LogFrame[] frames)
    {
        var (files, _) = LogFiles.Open(Directory);
        using (files)
        {
            foreach (var frame in frames)
                files.Append(frame, flush: true);
        }
    }

    /// <summary>What opening it finds, as text: the commit index, and each entry with its term.</summary>
    private string Found()
    {
        var (files, found) = LogFiles.Open(Directory);
        using (files)
            return $"{found.Commit}: " + string.Join(" ", found.Tail.Slice(1, long.MaxValue).Select(static entry => $"{entry.Index}/{entry.Term}={Encoding.UTF8.GetString(entry.Bytes.Span)}"));
    }

    private void Change(Func<byte[], byte[]> how) => File.WriteAllBytes(OnlyFile, how(File.ReadAllBytes(OnlyFile)));

    [Fact]
    public void What_was_written_is_found_with_what_was_committed()
    {
        Write(new LogFrame(0, Entries(1, 1, "a", "b")), new LogFrame(2, []), new LogFrame(2, Entries(3, 2, "c")));

        Assert.Equal("2: 1/1=a 2/1=b 3/2=c", Found());
        Assert.Equal("2: 1/1=a 2/1=b 3/2=c", Found());
        Assert.Equal(3, LogFiles.Read(Directory).Tail.Last);
    }

    [Fact]
    public void A_frame_ends_what_stood_at_its_first_index_and_behind_it()
    {
        Write(new LogFrame(0, Entries(1, 1, "a", "b", "c")), new LogFrame(1, Entries(2, 2, "B")));

        Assert.Equal("1: 1/1=a 2/2=B", Found());
    }

    [Fact]
    public void A_frame_of_which_a_sector_is_missing_was_never_acknowledged_and_is_dropped()
    {
        var whole = new LogFrame(0, Entries(1, 1, "a"));
        var torn = new LogFrame(1, Entries(2, 1, new string('b', 700), new string('c', 700)));
        foreach (var sector in new[] { 0, 1, 2 })
        {
            if (System.IO.Directory.Exists(Directory))
                System.IO.Directory.Delete(Directory, recursive: true);
            Write(whole, torn);
            Change(bytes =>
            {
                var from = Math.Max(whole.Size, sector * LogFrame.SectorBytes);
                bytes.AsSpan(from, (sector + 1) * LogFrame.SectorBytes - from).Clear();
                return bytes;
            });

            Assert.Equal("0: 1/1=a", Found());
            Write(new LogFrame(1, Entries(2, 2, "again")));
            Assert.Equal("1: 1/1=a 2/2=again", Found());
        }
    }

    [Fact]
    public void A_file_that_was_cut_short_is_damaged()
    {
        var whole = new LogFrame(0, Entries(1, 1, "a"));
        Write(whole, new LogFrame(0, Entries(2, 1, new string('b', 2000))));
        Change(bytes => bytes[..(whole.Size + 1000)]);

        Assert.Throws<InvalidDataException>(Found);
    }

    [Fact]
    public void A_file_that_was_made_for_later_is_none_that_others_follow()
    {
        Write(new LogFrame(0, Entries(1, 1, "a")));
        LogFile.Create(Directory, 2, 4096).Dispose();

        Assert.Equal("0: 1/1=a", Found());
        Assert.EndsWith("1.entries", OnlyFile, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_larger_than_a_file_is_written_all_the_same()
    {
        var large = Entries(2, 1, new string('x', 6_000_000));
        Write(new LogFrame(0, Entries(1, 1, "a")), new LogFrame(0, large), new LogFrame(2, Entries(3, 1, "c")));

        Assert.Equal(3, LogFiles.Read(Directory).Tail.Last);
    }

    [Fact]
    public void No_flipped_bit_goes_unseen_wherever_it_is()
    {
        var frames = new[] { new LogFrame(0, Entries(1, 1, "first", "second")), new LogFrame(2, Entries(3, 1, new string('x', 600))) };
        Write(frames);
        var length = frames.Sum(static frame => frame.Size);
        Change(bytes => bytes[..(length + 1024)]);
        var bytes = File.ReadAllBytes(OnlyFile);
        for (var bit = 0; bit < length * 8; bit += 3)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(OnlyFile, bytes);
            Assert.Throws<InvalidDataException>(() => LogFiles.Read(Directory));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_file_that_others_follow_may_not_end_torn()
    {
        WriteMany(120);
        var first = System.IO.Directory.GetFiles(Directory).Order(StringComparer.Ordinal).First();
        var bytes = File.ReadAllBytes(first);
        var last = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        bytes.AsSpan(last - 1023, 1024).Clear();
        File.WriteAllBytes(first, bytes);

        Assert.Throws<InvalidDataException>(Found);
    }

    [Fact]
    public void Files_that_a_snapshot_covers_are_deleted_and_the_rest_is_found()
    {
        WriteMany(120);
        var (files, found) = LogFiles.Open(Directory);
        using (files)
        {
            Assert.Equal(120, found.Tail.Last);
            Assert.Equal(2, System.IO.Directory.GetFiles(Directory).Length);
            files.DeleteTo(100);
            Assert.Single(System.IO.Directory.GetFiles(Directory));
        }

        var left = LogFiles.Read(Directory).Tail;
        Assert.InRange(left.Base, 1, 100);
        Assert.Equal(120, left.Last);
    }

    [Fact]
    public void A_log_that_begins_anew_holds_nothing_of_before()
    {
        Write(new LogFrame(0, Entries(1, 1, "a", "b")));
        var (files, _) = LogFiles.Open(Directory);
        using (files)
        {
            files.BeginAnew();
            files.Append(new LogFrame(900, Entries(901, 5, "z")), flush: true);
        }

        Assert.Equal("900: 901/5=z", Found());
    }

    private void WriteMany(int count) =>
        Write([.. Enumerable.Range(1, count).Select(static i => new LogFrame(i - 1, Entries(i, 1, new string('x', 50_000))))]);
}
