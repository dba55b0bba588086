using System.Text;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;

namespace Fabric.Raft.Tests.Harness;

/// <summary>Change sets for tests.</summary>
internal static class Sets
{
    public static FlagDefinition Definition(string? note = null)
    {
        var metadata = note is null ? "" : $$""","metadata":{"note":"{{note}}"}""";
        var json = $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"{{metadata}}}""";
        return DefinitionParser.Parse(Encoding.UTF8.GetBytes(json)).Definition!;
    }

    public static ChangeSet Put(string key, long? ifRevision = null, string? note = null) =>
        new(Guid.NewGuid(), [new Change.Put(key, Definition(note), ifRevision)]);

    public static ChangeSet Delete(string key, long? ifRevision = null) =>
        new(Guid.NewGuid(), [new Change.Delete(key, ifRevision)]);
}
