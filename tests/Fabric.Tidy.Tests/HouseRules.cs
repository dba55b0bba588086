using System.Text.RegularExpressions;

namespace Fabric.Tidy.Tests;

public sealed class HouseRules
{
    /// <summary>What must not be called in src, and what is called instead.</summary>
    private static readonly (string Pattern, string Instead)[] Banned =
    [
        (@"\bFlushToDisk\(", "it hides a failed fsync on this runtime: fsync of the C library, with its result looked at"),
        (@"\.Flush\((flushToDisk: )?true\)", "it hides a failed fsync on this runtime: fsync of the C library, with its result looked at"),
        (@"\bDateTime(Offset)?\.(Utc)?Now\b", "an injected TimeProvider"),
        (@"\bThread\.Sleep\(", "Task.Delay with the TimeProvider and the token"),
        (@"\bRandom\.Shared\b", "an injected source: what decides is repeatable"),
        (@"\bConsole\.Write", "the command line's Terminal, or a log"),
        (@"\.GetAwaiter\(\)\.GetResult\(\)|\.Wait\(\)", "await"),
        (@"\basync void\b", "async Task: what nobody awaits ends the process when it fails"),
    ];

    [Fact]
    public void Nothing_in_src_calls_what_is_banned() => NoneOf(
        from path in Sources.Of("src/", ".cs")
        from line in Sources.Lines(path)
        where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
        from rule in Banned
        where Regex.IsMatch(line.Text, rule.Pattern)
        select $"{path}:{line.Number}: {line.Text.Trim()} — instead: {rule.Instead}");

    [Fact]
    public void Only_Interop_names_native_functions() => NoneOf(
        from path in Sources.Of("src/", ".cs")
        where !path.Contains("/Interop/", StringComparison.Ordinal)
        from line in Sources.Lines(path)
        where Regex.IsMatch(line.Text, @"\[(LibraryImport|DllImport)|NativeLibrary\.")
        select $"{path}:{line.Number}: {line.Text.Trim()}");

    [Fact]
    public void Nothing_is_left_to_do_in_the_code() => NoneOf(
        from path in Sources.Of("", ".cs", ".c", ".cpp", ".h", ".hpp", ".S", ".rs", ".py", ".go", ".java", ".js", ".mjs", ".sh", ".csproj", ".props")
        where !path.EndsWith("HouseRules.cs", StringComparison.Ordinal)
        from line in Sources.Lines(path)
        where Regex.IsMatch(line.Text, @"\b(TODO|FIXME|XXX|HACK|NotImplementedException)\b")
        select $"{path}:{line.Number}: {line.Text.Trim()}");

    [Fact]
    public void A_file_has_one_concern_and_so_few_lines() => NoneOf(
        from path in Sources.Of("src/", ".cs").Concat(Sources.Of("bpf/", ".c", ".h"))
        let lines = Sources.Lines(path).Count()
        where lines > 320
        select $"{path}: {lines} lines");

    [Fact]
    public void Every_source_of_the_kernels_side_and_the_library_says_its_licence() => NoneOf(
        from path in Sources.Of("bpf/", ".c", ".h", ".S")
        where !Sources.Lines(path).First().Text.Contains("SPDX-License-Identifier:", StringComparison.Ordinal)
        select path);

    /// <summary>A number in two tables would name two things.</summary>
    [Fact]
    public void Every_event_id_is_given_once() => NoneOf(
        from found in
            from path in Sources.Of("src/", ".cs")
            from line in Sources.Lines(path)
            let id = Regex.Match(line.Text, @"\[LoggerMessage\((?:EventId = )?(\d+)")
            where id.Success
            select (Id: id.Groups[1].Value, Place: $"{path}:{line.Number}")
        group found.Place by found.Id into places
        where places.Count() > 1
        select $"{places.Key}: {string.Join(", ", places)}");

    [Fact]
    public void Every_project_of_the_tree_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Sources.Root, "Fabric.sln")).Replace('\\', '/');

        NoneOf(Sources.Of("", ".csproj").Where(path => !solution.Contains(path, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_link_in_the_documents_leads_somewhere() => NoneOf(
        from path in Sources.Of("", ".md")
        from line in Sources.Lines(path)
        from Match link in Regex.Matches(line.Text, @"\]\((?!https?:|#)([^)#]+)")
        let target = Path.Combine(Sources.Root, Path.GetDirectoryName(path)!, link.Groups[1].Value)
        where !File.Exists(target) && !Directory.Exists(target)
        select $"{path}:{line.Number}: {link.Groups[1].Value}");

    private static void NoneOf(IEnumerable<string> offences)
    {
        var found = offences.ToArray();
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }
}
