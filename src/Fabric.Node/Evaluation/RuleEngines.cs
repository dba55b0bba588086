using System.Collections.Concurrent;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;

namespace Fabric.Node.Evaluation;

/// <summary>The engines of this node: made when they are needed, used by one thread at a time, and never more than so many.</summary>
internal sealed class RuleEngines(HostFacts host, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(RuleLimits.Engines, RuleLimits.Engines);
    private readonly ConcurrentBag<RuleEngine> _idle = [];

    /// <summary>The name of the variant that the flag's targeting gives, null where it decides nothing, or why it fails.</summary>
    public async ValueTask<(string? Variant, string? Failure)> RunAsync(Flag flag, Caller caller, CancellationToken token)
    {
        await _places.WaitAsync(token);
        try
        {
            var engine = _idle.TryTake(out var idle) ? idle : new RuleEngine();
            var result = engine.Run(flag, caller, host, time.GetUtcNow());
            if (engine.Broken || engine.Uses >= RuleLimits.Uses)
                engine.Dispose();
            else
                _idle.Add(engine);
            return result;
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var engine))
            engine.Dispose();
        _places.Dispose();
    }
}
