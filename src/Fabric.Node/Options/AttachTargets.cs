using System.Globalization;
using Fabric.Bpf.Attach;

namespace Fabric.Node.Options;

/// <summary>Reads which files a host lets be attached to.</summary>
internal static class AttachTargets
{
    public static TargetRules Read(NodeSettings settings, ICollection<OptionProblem> problems)
    {
        foreach (var root in settings.AttachRoots.Where(static root => !Path.IsPathFullyQualified(root) || root.Contains('\0')))
            problems.Add(new OptionProblem("attach-root", root, "an absolute path of a folder, such as /usr/bin"));
        return new TargetRules
        {
            Roots = settings.AttachRoots,
            Owners = ReadOwners(settings.AttachOwners, problems),
            MayBeWritable = settings.AttachWritable,
        };
    }

    private static List<uint> ReadOwners(IEnumerable<string> texts, ICollection<OptionProblem> problems)
    {
        var owners = new List<uint>();
        foreach (var text in texts)
        {
            // The largest number stands for nobody in the kernel's calls.
            if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && owner != uint.MaxValue)
                owners.Add(owner);
            else
                problems.Add(new OptionProblem("attach-owner", text, "the number of a user, such as 1000"));
        }

        return owners;
    }
}
