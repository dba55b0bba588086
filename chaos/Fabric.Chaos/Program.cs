using Fabric.Chaos;

return await ChaosCommand.Build(Console.Out, Console.Error).Parse(args).InvokeAsync();
