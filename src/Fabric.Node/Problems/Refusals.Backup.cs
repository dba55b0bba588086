namespace Fabric.Node.Problems;

internal static partial class Refusals
{
    public static Refusal TooManyBackups(int limit) =>
        new(503, "too-many-backups", "Too many backups are under way", $"this node sends {limit} backups at once; try another node, or again later") { RetryAfter = Soon };
}
