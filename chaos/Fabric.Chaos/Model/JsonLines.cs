using System.Text.Json;

namespace Fabric.Chaos.Model;

/// <summary>Files of one JSON object a line.</summary>
internal static class JsonLines
{
    /// <summary>Every line as something else; nothing where there is no such file.</summary>
    /// <exception cref="RunUnreadableException">A line says something that it cannot mean.</exception>
    public static IEnumerable<T> Read<T>(string path, Func<JsonElement, int, T> read)
    {
        if (!File.Exists(path))
            yield break;
        var number = 0;
        var lines = File.ReadLines(path).GetEnumerator();
        for (var more = lines.MoveNext(); more;)
        {
            var line = lines.Current;
            number++;
            more = lines.MoveNext();
            if (string.IsNullOrWhiteSpace(line) || !TryOne(path, number, line, read, isLast: !more, out var one))
                continue;
            yield return one;
        }
    }

    /// <summary>The whole file as one object; null where there is no such file.</summary>
    public static T? ReadOne<T>(string path, Func<JsonElement, T> read)
        where T : class
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            return read(document.RootElement);
        }
        catch (Exception bad) when (bad is JsonException or FormatException or InvalidOperationException)
        {
            throw new RunUnreadableException(Path.GetFileName(path), 0, bad.Message);
        }
    }

    private static bool TryOne<T>(string path, int number, string line, Func<JsonElement, int, T> read, bool isLast, out T one)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            one = read(document.RootElement, number);
            return true;
        }
        catch (JsonException) when (isLast)
        {
            // Whoever wrote was killed in the middle of it.
            one = default!;
            return false;
        }
        catch (Exception bad) when (bad is JsonException or FormatException or InvalidOperationException)
        {
            throw new RunUnreadableException(Path.GetFileName(path), number, bad.Message);
        }
    }
}
