using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// A file that an attachment applies to, opened once, and what was found in it. It stays open, so that a move to another
/// table attaches to the same one again, whatever is at its path by then. This is the one place where files that are
/// to be attached to are opened and judged.
/// </summary>
internal sealed class TargetFile : IDisposable
{
    private TargetFile(RegularFile? file, FileIdentity identity)
    {
        File = file;
        Identity = identity;
    }

    /// <summary>Null where it could not be opened.</summary>
    internal RegularFile? File { get; }

    /// <summary>Which state of which file was judged.</summary>
    internal FileIdentity Identity { get; }

    /// <summary>Where the probe goes; null where the file is refused.</summary>
    internal ElfTarget? Target { get; private set; }

    /// <summary>Why it is refused; null where it is not.</summary>
    internal string? Refusal { get; private set; }

    internal string? BuildId { get; private set; }

    /// <summary>The tree from which it was judged.</summary>
    internal ulong Space { get; private init; }

    /// <summary>Whether the judgement may change though the file does not: it was being written, or what it is in was not trusted.</summary>
    internal bool MustJudgeAgain { get; private init; }

    /// <summary>How the function is called; what was asked for where that was not found out.</summary>
    internal AttachmentAbi Abi { get; private set; }

    /// <summary>What is at the attachment's path in a tree.</summary>
    internal static TargetFile Open(AttachmentRequest request, TargetRules rules, FileTree tree, FileIdentity seen)
    {
        try
        {
            var file = tree.Open(request.Exe);
            using var names = new TrustedFiles(rules, tree);
            return Judge(request, file, tree, tree.PathOf(request.Exe), rules.WhyNot(request.Exe, file, tree.Prefix), new DebugFiles(request.Exe, names.Open));
        }
        catch (IOException refused)
        {
            return Refused(request, seen, refused.Message);
        }
    }

    /// <summary>What a process runs, whether it has a name or not; null when it cannot be had any more.</summary>
    internal static TargetFile? Open(AttachmentRequest request, TargetRules rules, CodeMapping mapping)
    {
        try
        {
            var file = RegularFile.Open(mapping.Path);
            using var names = new TrustedFiles(rules, FileTree.Host);
            return Judge(request, file, FileTree.Host, mapping.Path, rules.WhyNotThis(file, mapping.Path), new DebugFiles(mapping.Path, names.Open));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A path that leads nowhere that could be looked at.</summary>
    internal static TargetFile Refused(AttachmentRequest request, FileIdentity seen, string reason) =>
        new(null, seen) { Abi = request.Abi, Refusal = reason };

    /// <summary>Whether a probe for the one is right for the other.</summary>
    internal bool IsLike(TargetFile other) => Target is not null && Target == other.Target && Abi == other.Abi;

    public void Dispose() => File?.Dispose();

    private static TargetFile Judge(
        AttachmentRequest request, RegularFile file, FileTree tree, string path, string? whyNot, DebugFiles names)
    {
        var judged = new TargetFile(file, file.Identity)
        {
            Abi = request.Abi,
            Space = tree.Space,
            Refusal = whyNot,
            MustJudgeAgain = whyNot is not null || file.Identity.IsFresh,
        };
        if (whyNot is not null)
            return judged;
        try
        {
            judged.Read(request, names);
        }
        catch (ElfRefusedException refused)
        {
            judged.Refusal = $"{path}: {refused.Message}";
        }
        catch (IOException refused)
        {
            judged.Refusal = $"{path}: {refused.Message}";
        }

        return judged;
    }

    private void Read(AttachmentRequest request, DebugFiles names)
    {
        var image = new FileImage(File!.Handle);
        BuildId = ElfIdentity.BuildId(ElfFile.Read(image));
        if (!request.BuildIds.IsDefaultOrEmpty && (BuildId is null || !request.BuildIds.Contains(BuildId)))
            throw new ElfRefusedException(ElfProblem.WrongKind, "the build-id", $"its build-id is {BuildId ?? "missing"}, and only {string.Join(" or ", request.BuildIds)} is attached");
        Target = ElfTarget.Find(image, request.Symbol, Uprobes.Optimisation(), names);
        Abi = request.Abi == AttachmentAbi.Go || (request.Abi == AttachmentAbi.Auto && Target.IsGo) ? AttachmentAbi.Go : AttachmentAbi.C;
    }
}
