namespace Fabric.Cli.Output;

/// <summary>Text from elsewhere, made safe to show: no control character of it reaches the terminal.</summary>
internal static class Plain
{
    public static string Text(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)) : text;
}
