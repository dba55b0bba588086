using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Flags.Tests")]
