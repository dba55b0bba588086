using System.Text.Json;
using Fabric.Chaos.History;

namespace Fabric.Chaos.Validate;

/// <summary>Checks files and says what they are.</summary>
internal static class CheckRun
{
    private const int AllOk = 0, SomeIllegal = 1, NotDecided = 2;

    /// <summary>One line a file; returns the exit code.</summary>
    public static int All(IEnumerable<string> files, string? initial, TimeSpan timeout, TextWriter output, TextWriter errors)
    {
        var code = AllOk;
        foreach (var file in files)
        {
            var (word, why) = One(file, initial, timeout);
            output.WriteLine($"{file} {word} {why}");
            if (word != "OK")
                errors.WriteLine($"fabric-chaos: {file}: {why}");
            code = (word, code) switch
            {
                ("ILLEGAL", _) or (_, SomeIllegal) => SomeIllegal,
                ("UNKNOWN", _) => NotDecided,
                _ => code,
            };
        }

        return code;
    }

    private static (string Word, string Why) One(string file, string? initial, TimeSpan timeout)
    {
        try
        {
            var values = new ValueNames();
            var first = values.NumberOf(Initial(initial));
            var keys = HistoryReader.Read(file == "-" ? Lines(Console.In) : File.ReadLines(file), values);
            return Judge(keys, values, first, timeout);
        }
        catch (Exception unreadable) when (unreadable is HistoryUnreadableException or IOException or UnauthorizedAccessException)
        {
            return ("UNKNOWN", unreadable.Message);
        }
    }

    /// <summary>Keys are independent of each other, so each is checked by itself; the first illegal one settles all.</summary>
    internal static (string Word, string Why) Judge(IReadOnlyList<KeyHistory> keys, ValueNames values, int initial, TimeSpan timeout)
    {
        using var timeUp = new CancellationTokenSource(timeout);
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token);
        string? illegal = null, unknown = null;
        Parallel.ForEach(keys.OrderByDescending(static key => key.Operations.Count), key =>
        {
            switch (new RegisterCheck(key, values, initial, settled.Token).Run())
            {
                case Verdict.Illegal found:
                    illegal ??= found.Why;
                    settled.Cancel();
                    break;
                case Verdict.Unknown undecided:
                    unknown ??= $"key {key.Key}: {undecided.Why}";
                    break;
            }
        });
        if (illegal is not null)
            return ("ILLEGAL", illegal);
        return unknown is not null ? ("UNKNOWN", unknown) : ("OK", $"{keys.Sum(static key => key.Operations.Count)} operations on {keys.Count} keys");
    }

    private static JsonElement Initial(string? text)
    {
        if (text is null)
            return default;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
