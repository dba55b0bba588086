using System.Globalization;
using System.Text.Json.Nodes;
using Fabric.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fabric.Cli.Top;

/// <summary>A sample as a person or a program reads it.</summary>
internal static class TopView
{
    private const string NoFlags = "there are no flags yet; fabric flag set KEY --default on makes one";

    private static readonly string[] Columns = ["KEY", "PER SECOND", "EVALUATIONS", "ANSWERS", "CALLERS"];

    /// <summary>For a terminal, no longer than that is high.</summary>
    public static IRenderable Live(IReadOnlyList<TopFlag> flags, string title, int rows)
    {
        if (flags.Count == 0)
            return new Text(NoFlags);
        var table = new Table().Border(TableBorder.Simple).Title(new TableTitle(Markup.Escape(title)));
        foreach (var column in Columns)
            table.AddColumn(column == "PER SECOND" || column == "EVALUATIONS" ? new TableColumn(column).RightAligned() : new TableColumn(column));
        foreach (var flag in flags.Take(Math.Max(1, rows)))
            table.AddRow(Cells(flag).Select(static cell => new Text(cell)));
        return flags.Count > rows ? table.Caption($"{flags.Count - rows} more") : table;
    }

    /// <summary>For a pipe or a file.</summary>
    public static async Task PrintAsync(Terminal terminal, IReadOnlyList<TopFlag> flags)
    {
        if (flags.Count == 0)
        {
            await terminal.Error.WriteLineAsync($"hint: {NoFlags}");
            return;
        }

        var grid = new Output.Grid(Columns);
        foreach (var flag in flags)
            grid.Add(Cells(flag));
        grid.WriteTo(terminal);
    }

    /// <summary>One line.</summary>
    public static string Json(IReadOnlyList<TopFlag> flags, DateTimeOffset at)
    {
        var list = new JsonArray();
        foreach (var flag in flags)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["key"] = flag.Key,
                ["perSecond"] = Math.Round(flag.PerSecond, 3),
                ["evaluations"] = flag.Evaluations,
                ["answers"] = new JsonObject(flag.Answers.Select(static one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
                ["callers"] = flag.Callers,
            });
        }

        return new JsonObject { ["at"] = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), ["flags"] = list }.ToJsonString();
    }

    private static string[] Cells(TopFlag flag)
    {
        var all = flag.Answers.Sum(static one => one.Value);
        var answers = flag.Answers.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {100.0 * one.Value / all:0.#} %"));
        return
        [
            Plain.Text(flag.Key), flag.PerSecond.ToString("#,0.#", CultureInfo.InvariantCulture), flag.Evaluations.ToString("#,0", CultureInfo.InvariantCulture),
            Plain.Text(string.Join(", ", answers)), flag.Callers.ToString(CultureInfo.InvariantCulture),
        ];
    }
}
