namespace Fabric.Bpf.Tests.Elf;

/// <summary>A folder for one test's sources and what is built of them.</summary>
internal sealed class BuildFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("fabric-elf-").FullName;

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    internal string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text + "\n");
        return At(name);
    }

    /// <summary>Builds one source, whose name's ending tells its language.</summary>
    internal string Build(string compiler, string source, string text, string arguments, string output)
    {
        Write(source, text);
        Binaries.Run(compiler, $"{arguments} -o {At(output)} {At(source)}");
        return At(output);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
