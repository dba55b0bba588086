using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Bpf.Tests")]
[assembly: InternalsVisibleTo("Fabric.Language.Tests")]
[assembly: InternalsVisibleTo("Fabric.Cli.Tests")]
