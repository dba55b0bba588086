using Fabric.Bpf.Usage;

namespace Fabric.Node.Tests.Fakes;

/// <summary>What programs and the kernel would have counted.</summary>
public sealed class FakeUsage : IHostUsage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SheetReading> _sheets = new(StringComparer.Ordinal);

    public string Boot { get; set; } = "first";
    public KernelReading? Kernel { get; set; }

    public IReadOnlyCollection<string> Sheets
    {
        get
        {
            lock (_lock)
                return [.. _sheets.Keys];
        }
    }

    public void Put(string id, bool ended, params UsageRow[] rows)
    {
        lock (_lock)
            _sheets[id] = new SheetReading(id, ended, User: 1000, rows, Beyond: 0);
    }

    public UsageReading Read()
    {
        lock (_lock)
            return new UsageReading([.. _sheets.Values], Kernel, 0, SheetsOutliveBoot: false);
    }

    public void Discard(string sheet)
    {
        lock (_lock)
            Assert.True(_sheets.Remove(sheet, out var gone) && gone.Ended, $"{sheet} was taken away while a process had it");
    }
}
