namespace Fabric.Flags;

/// <summary>One reason why an input is refused.</summary>
/// <param name="Path">Where: a JSON pointer into what was sent, such as <c>/variants/on</c>; empty for the whole.</param>
/// <param name="Reason">Why, as a sentence for the person who sent it.</param>
public sealed record Problem(string Path, string Reason)
{
    public override string ToString() => Path.Length == 0 ? Reason : $"{Path}: {Reason}";
}
