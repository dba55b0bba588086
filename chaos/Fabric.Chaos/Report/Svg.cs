using System.Globalization;
using System.Net;
using System.Text;

namespace Fabric.Chaos.Report;

/// <summary>Draws rows of a timeline.</summary>
internal sealed class Svg(double seconds)
{
    public const int Left = 130, Width = 1_250;
    private const int Right = 20;
    private static readonly int[] Steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800];

    private readonly StringBuilder _body = new();

    public int Height { get; private set; } = 10;

    public double X(double second) => Left + (second / seconds * (Width - Left - Right));

    /// <summary>Begins a row and gives its upper edge.</summary>
    public int Row(string label, int height)
    {
        var top = Height;
        Add($"<text x='{Left - 8}' y='{top + (Math.Min(height, 16) / 2) + 4}' text-anchor='end'>{Text(label)}</text>");
        Height += height + 6;
        return top;
    }

    public void Bar(double from, double to, int top, int height, string kind, string says) =>
        Add($"<rect class='{kind}' x='{X(from):F1}' y='{top}' width='{Math.Max(1.5, X(to) - X(from)):F1}' height='{height}'><title>{Text(says)}</title></rect>");

    public void Mark(double at, int top, int height, string kind, string says) =>
        Add($"<line class='{kind}' x1='{X(at):F1}' x2='{X(at):F1}' y1='{top}' y2='{top + height}'><title>{Text(says)}</title></line>");

    /// <summary>A line through points whose second part is 0 at the bottom of the row and 1 at its top.</summary>
    public void Line(IEnumerable<(double At, double Part)> points, int top, int height, string kind, string says) =>
        Add($"<polyline class='{kind}' points='{string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.At):F1},{top + (height * (1 - point.Part)):F1}")))}'><title>{Text(says)}</title></polyline>");

    public void Note(double at, int y, string says) => Add($"<text x='{X(at):F1}' y='{y}' class='note'>{Text(says)}</text>");

    /// <summary>Seconds along the bottom, with lines through all rows.</summary>
    public string End()
    {
        var axis = new StringBuilder();
        var step = Steps.FirstOrDefault(one => seconds / one <= 16, Steps[^1]);
        for (var second = 0; second <= seconds; second += step)
            axis.Append(CultureInfo.InvariantCulture, $"<line class='grid' x1='{X(second):F1}' x2='{X(second):F1}' y1='0' y2='{Height}'/><text class='note' text-anchor='middle' x='{X(second):F1}' y='{Height + 14}'>{second} s</text>");
        return string.Create(CultureInfo.InvariantCulture, $"<svg viewBox='0 0 {Width} {Height + 22}' role='img'>{axis}{_body}</svg>");
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private void Add(FormattableString text) => _body.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
