using System.Text;

namespace Fabric.Bench.Report;

/// <summary>What one part has to say: a table, how it was measured, and its figures beside their aims.</summary>
internal sealed class Section(string title)
{
    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];

    internal List<Aim> Aims { get; } = [];

    internal void Row(params string[] cells) => _rows.Add(cells);

    internal void Note(string sentence) => _notes.Add(sentence);

    internal string Markdown()
    {
        var text = new StringBuilder($"## {title}\n\n");
        if (_rows.Count > 0)
            text.Append(Table.Markdown(_rows)).Append('\n');
        foreach (var note in _notes)
            text.Append($"{note}\n\n");
        return text.ToString();
    }
}

/// <summary>A figure that was aimed at.</summary>
/// <param name="What">Of what.</param>
/// <param name="Bound">What it should be at most, or at least.</param>
/// <param name="Measured">What it is.</param>
/// <param name="Unit">Of both.</param>
/// <param name="AtLeast">More is better.</param>
internal sealed record Aim(string What, double Bound, double Measured, string Unit, bool AtLeast = false)
{
    internal bool Met => AtLeast ? Measured >= Bound : Measured <= Bound;

    internal string Text => $"at {(AtLeast ? "least" : "most")} {Math.Round(Bound, 1)} {Unit}";
}

/// <summary>A table in Markdown whose columns stand below each other in plain text too.</summary>
internal static class Table
{
    internal static string Markdown(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            text.Append($"| {string.Join(" | ", rows[i].Select((cell, column) => cell.PadRight(widths[column])))} |\n");
            if (i == 0)
                text.Append($"|{string.Join("|", widths.Select(static width => new string('-', width + 2)))}|\n");
        }

        return text.ToString();
    }
}
