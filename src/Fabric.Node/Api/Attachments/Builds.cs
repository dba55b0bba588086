using Fabric.Bpf.Attach;

namespace Fabric.Node.Api.Attachments;

/// <summary>The fleet's attachments, looked at build by build.</summary>
internal static class Builds
{
    private static readonly string Attached = AttachmentFileBody.NameOf(AttachmentState.Attached);
    private static readonly string Absent = AttachmentFileBody.NameOf(AttachmentState.Absent);

    public static IReadOnlyList<BuildBody> Of(IEnumerable<AttachmentBody> attachments) =>
        [.. attachments.SelectMany(OfOne).OrderBy(static build => (build.Exe, build.Symbol, build.BuildId ?? ""), OrdinalOrder)];

    private static Comparer<(string, string, string)> OrdinalOrder { get; } = Comparer<(string, string, string)>.Create(static (one, other) =>
        string.CompareOrdinal(one.Item1, other.Item1) is var exe and not 0 ? exe
        : string.CompareOrdinal(one.Item2, other.Item2) is var symbol and not 0 ? symbol
        : string.CompareOrdinal(one.Item3, other.Item3));

    private static IEnumerable<BuildBody> OfOne(AttachmentBody attachment) => attachment.Hosts
        .SelectMany(static host => host.Files.Where(static file => file.State != Absent).Select(file => (host.Host, File: file)))
        .GroupBy(static found => found.File.BuildId)
        .Select(build => new BuildBody(attachment.Exe, attachment.Symbol, build.Key, [.. build.GroupBy(static found => found.Host).Select(HostOf)]));

    private static BuildHostBody HostOf(IGrouping<string, (string Host, AttachmentFileBody File)> files)
    {
        var attached = files.Count(static found => found.File.State == Attached);
        return new BuildHostBody(files.Key, attached > 0 ? Attached : AttachmentFileBody.NameOf(AttachmentState.Refused), files.Count(), attached);
    }
}
