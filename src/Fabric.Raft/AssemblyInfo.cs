using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fabric.Raft.Tests")]
