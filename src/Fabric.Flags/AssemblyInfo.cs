using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Flags.Tests")]
[assembly: InternalsVisibleTo("Fabric.Language.Tests")]
