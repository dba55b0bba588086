using System.Text;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Usage;

/// <summary>Where a host's programs count the calls that one table answers.</summary>
/// <param name="owner">Whose table it is.</param>
/// <param name="table">Where programs find it.</param>
/// <param name="pinned">It is on a BPF file system.</param>
/// <param name="folder">Where programs count; null for where they do so by themselves.</param>
internal sealed class HostUsage(TableOwner owner, string table, bool pinned, string? folder = null) : IHostUsage
{
    /// <summary>Where the library counts by itself, when the table is a pin.</summary>
    internal const string UsualFolder = "/run/fabric/usage";

    private readonly UsageFolder _folder = new(folder ?? FolderFor(table, pinned), owner.Fabric, owner.NodeBytes(), TimeProvider.System);

    public string Boot { get; } = ReadBoot();

    /// <summary>Makes the place to count in, before there is a table to ask.</summary>
    internal static void Prepare(string table, bool pinned, string? folder = null)
    {
        var path = folder ?? FolderFor(table, pinned);
        UsageFolder.Prepare(path, mount: path == UsualFolder);
    }

    /// <summary>As <c>bpf/libflagfabric/book.c</c> chooses it.</summary>
    private static string FolderFor(string table, bool pinned) => pinned ? UsualFolder : Path.Combine(Path.GetDirectoryName(table)!, "usage");

    public UsageReading Read()
    {
        var (sheets, unread) = _folder.Read();
        using var counters = pinned ? KernelCounters.TryOpen(KernelCounters.PathFor(table), owner.Fabric) : null;
        return new UsageReading(sheets, counters?.Read(TimeProvider.System), unread, _folder.OutlivesBoot);
    }

    public void Discard(string sheet) => _folder.Discard(sheet);

    private static string ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id", Encoding.ASCII).Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
