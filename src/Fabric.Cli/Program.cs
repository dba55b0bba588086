using Fabric.Cli;
using Fabric.Cli.Node;

var terminal = new Terminal(Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected) { ShowsProgress = !Console.IsErrorRedirected };
return await FabricCommand.RunAsync(args, terminal, ConfinedHost.Parts, CancellationToken.None);
