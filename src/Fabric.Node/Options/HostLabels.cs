using System.Text;
using Fabric.Flags.Compilation;

namespace Fabric.Node.Options;

/// <summary>Reads what an operator says of a host.</summary>
internal static class HostLabels
{
    private const int NameBytes = 63;

    /// <summary>Reads texts such as <c>zone=eu-1</c>; of two for one name the later counts.</summary>
    public static Dictionary<string, string> Read(IEnumerable<string> texts, ICollection<OptionProblem> problems)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && IsName(text[..equals]) && IsValue(text[(equals + 1)..]))
                labels[text[..equals]] = text[(equals + 1)..];
            else
                problems.Add(new OptionProblem("label", text, $"NAME=VALUE with a name of 1 to {NameBytes} of a-z, 0-9, '.', '_' and '-', and a value of at most {HostFacts.LabelBytes} bytes without control characters"));
        }

        return labels;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= NameBytes
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    private static bool IsValue(string value) => Encoding.UTF8.GetByteCount(value) <= HostFacts.LabelBytes && !value.Any(char.IsControl);
}
