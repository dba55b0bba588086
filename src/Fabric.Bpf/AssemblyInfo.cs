using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Bpf.Tests")]
