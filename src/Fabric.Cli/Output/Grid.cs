using Spectre.Console;

namespace Fabric.Cli.Output;

/// <summary>A table for people: columns without lines, one row a line, also in a pipe.</summary>
internal sealed class Grid
{
    // A pipe has no width; wrapping there would break the rows for grep.
    private const int WidthOfAPipe = 4096;

    private readonly Table _table = new Table().Border(TableBorder.None);

    public Grid(params string[] columns)
    {
        foreach (var column in columns)
            _table.AddColumn(new TableColumn(new Text(column)).NoWrap().Padding(0, 0, 2, 0));
    }

    public void Add(params string?[] cells) => _table.AddRow(cells.Select(cell => new Text(Plain.Text(cell ?? "-"))));

    public void WriteTo(Terminal terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            Out = new AnsiConsoleOutput(terminal.Out),
        });
        if (!terminal.IsInteractive)
            console.Profile.Width = WidthOfAPipe;
        console.Write(_table);
    }
}
