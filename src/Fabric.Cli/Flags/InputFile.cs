using System.Text;

namespace Fabric.Cli.Flags;

/// <summary>A file that a command is given, or standard input.</summary>
internal static class InputFile
{
    /// <param name="file">Its path; - for standard input.</param>
    /// <param name="name">The option that named it, for the message.</param>
    /// <param name="terminal">Where standard input is.</param>
    /// <param name="token">Ends the wait for input.</param>
    public static async Task<byte[]> ReadAsync(string file, string name, Terminal terminal, CancellationToken token)
    {
        try
        {
            var bytes = file == "-" ? Encoding.UTF8.GetBytes(await terminal.In.ReadToEndAsync(token)) : await File.ReadAllBytesAsync(file, token);
            // Some editors begin a file with a mark that JSON does not have.
            return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{name}{file}: {unreadable.Message}");
        }
    }
}
