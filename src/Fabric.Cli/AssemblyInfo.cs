using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Cli.Tests")]
