namespace Fabric.Node.Api.Cluster;

/// <summary>Compares members where they can be compared: at the same index, the same digest.</summary>
internal static class Divergence
{
    public static IReadOnlyList<string> Find(IReadOnlyList<MemberBody> members)
    {
        var found = new List<string>();
        for (var i = 0; i < members.Count; i++)
        {
            foreach (var other in members.Skip(i + 1))
                found.AddRange(Compare(members[i], other));
        }

        return found;
    }

    private static IEnumerable<string> Compare(MemberBody one, MemberBody other)
    {
        if (one.StateDigest is { } state && other.StateDigest is { } against && state.Index == against.Index && state.Value != against.Value)
            yield return $"{one.Name} and {other.Name} have different states at revision {state.Index}";
        if (one.TableDigest is { } digest && other.TableDigest is { } table && one.TableRevision == other.TableRevision && digest != table)
            yield return $"{one.Name} and {other.Name} have different tables at revision {one.TableRevision}";
    }
}
