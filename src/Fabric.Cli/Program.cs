using Fabric.Cli;
using Fabric.Cli.Node;

var terminal = new Terminal(Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected);
return await FabricCommand.RunAsync(args, terminal, HostParts.Of, CancellationToken.None);
