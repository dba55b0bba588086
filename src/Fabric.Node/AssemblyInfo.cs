using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Node.Tests")]
