using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Node.Tests")]
[assembly: InternalsVisibleTo("Fabric.Cli.Tests")]
[assembly: InternalsVisibleTo("Fabric.Telemetry.Tests")]
