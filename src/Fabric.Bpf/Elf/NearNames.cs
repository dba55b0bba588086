using System.Globalization;
using System.Text;

namespace Fabric.Bpf.Elf;

/// <summary>
/// Names of a file that people would read as the one that was asked for: those that compilers of C++ and Rust make of
/// it, copies of a function that a compiler changed, and functions of a package. They are shown and never chosen.
/// </summary>
internal static class NearNames
{
    private const int MaxShown = 5;

    /// <summary>Names that are looked at, so that a file full of them does not last.</summary>
    private const int MaxLookedAt = 10_000;

    /// <summary>At most a few of them, as the file has them.</summary>
    internal static IReadOnlyList<string> Of(ElfFile code, ElfFile? debug, GoTable? go, string name)
    {
        var near = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tables in new[] { code, debug })
        {
            foreach (var table in tables is null ? [] : SymbolTable.Of(tables))
                near.UnionWith(InSymbols(code, table, name));
        }

        if (go is not null)
            near.UnionWith(Candidates(go.Names, name).Select(static found => found.Name).Take(MaxShown));
        return [.. near.Take(MaxShown)];
    }

    private static IEnumerable<string> InSymbols(ElfFile code, SymbolTable table, string name)
    {
        var found = new Dictionary<uint, string>();
        foreach (var (at, near) in Candidates(table.Names(), name))
            found.TryAdd(at, near);
        return found.Count == 0
            ? []
            : table.Entries()
                .Where(entry => entry is { IsFunction: true, Section: not 0 } && found.ContainsKey(entry.Name) && code.CodeAt(entry.Symbol.Address) is not null)
                .Select(entry => found[entry.Name])
                .Take(MaxShown);
    }

    private static IEnumerable<(uint At, string Name)> Candidates(NamePlaces names, string name)
    {
        var encoded = Mangled(name);
        byte[][] parts = [.. new[] { encoded, $"{name}.", $".{name}\0" }.Select(Encoding.UTF8.GetBytes)];
        return from part in parts
               where part.Length is > 2 and < ElfSymbols.MaxNameBytes
               from place in names.Of(part).Take(MaxLookedAt)
               let around = names.Around(place)
               where around is not null && IsNear(around.Value.Name, name, encoded)
               select around.Value;
    }

    private static bool IsNear(string found, string name, string encoded)
    {
        if (found.StartsWith($"{name}.", StringComparison.Ordinal) || found.EndsWith($".{name}", StringComparison.Ordinal))
            return true;
        var at = found.IndexOf(encoded, StringComparison.Ordinal);
        // A digit before it would belong to the length; one behind it begins the name of a member.
        return at > 0 && found[0] == '_' && found[1] is 'Z' or 'R' && !char.IsAsciiDigit(found[at - 1]) && !IsScope(found, at + encoded.Length);
    }

    private static bool IsScope(string found, int behind) =>
        found.StartsWith("_ZN", StringComparison.Ordinal) && behind < found.Length && char.IsAsciiDigit(found[behind])
        && !found.AsSpan(behind).StartsWith("17h", StringComparison.Ordinal); // the hash that ends Rust's

    /// <summary>The part that <c>shop::is_enabled(char const*)</c> has in common with all that compilers make of it: 4shop10is_enabled.</summary>
    private static string Mangled(string name)
    {
        var whole = name.Replace("(anonymous namespace)", "_GLOBAL__N_1", StringComparison.Ordinal);
        var arguments = whole.IndexOf('(', StringComparison.Ordinal);
        var parts = (arguments > 0 ? whole[..arguments] : whole).Split("::", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Concat(parts.Select(static part => string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(part)}{part}")));
    }
}
