using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace Fabric.Bench.Parts;

/// <summary>
/// Microsoft.FeatureManagement as its documentation sets it up: definitions in configuration, the manager from
/// dependency injection, and for the rollout the targeting filter with the user given by an accessor. The accessor
/// gives out contexts made beforehand and nobody listens to the log, both of which spare the peer time.
/// </summary>
public class FeatureManagement
{
    private ServiceProvider _services = null!;
    private IVariantFeatureManager _manager = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["feature_management:feature_flags:0:id"] = Cases.Plain,
            ["feature_management:feature_flags:0:enabled"] = "true",
            ["feature_management:feature_flags:1:id"] = Cases.Rollout,
            ["feature_management:feature_flags:1:enabled"] = "true",
            ["feature_management:feature_flags:1:conditions:client_filters:0:name"] = "Microsoft.Targeting",
            ["feature_management:feature_flags:1:conditions:client_filters:0:parameters:Audience:DefaultRolloutPercentage"] = "25",
            ["feature_management:feature_flags:2:id"] = Cases.Rule,
            ["feature_management:feature_flags:2:enabled"] = "true",
            ["feature_management:feature_flags:2:conditions:client_filters:0:name"] = "Microsoft.Targeting",
            ["feature_management:feature_flags:2:conditions:client_filters:0:parameters:Audience:Groups:0:Name"] = Cases.Country,
            ["feature_management:feature_flags:2:conditions:client_filters:0:parameters:Audience:Groups:0:RolloutPercentage"] = "50",
            ["feature_management:feature_flags:2:conditions:client_filters:0:parameters:Audience:DefaultRolloutPercentage"] = "0",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddFeatureManagement().WithTargeting<Users>();
        _services = services.BuildServiceProvider();
        _manager = _services.GetRequiredService<IVariantFeatureManager>();

        Cases.WarmUp(() => Plain().GetAwaiter().GetResult(), Cases.KeyCount);
        Cases.WarmUp(() => Rollout().GetAwaiter().GetResult(), Cases.KeyCount / 4);
        Cases.WarmUp(() => Rule().GetAwaiter().GetResult(), Cases.KeyCount / 2);
    }

    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    [Benchmark(OperationsPerInvoke = Cases.KeyCount)]
    public async Task<int> Plain()
    {
        var on = 0;
        for (var i = 0; i < Cases.KeyCount; i++)
            on += await _manager.IsEnabledAsync(Cases.Plain) ? 1 : 0;
        return on;
    }

    [Benchmark(OperationsPerInvoke = Cases.KeyCount)]
    public async Task<int> Rollout()
    {
        var on = 0;
        for (var i = 0; i < Cases.KeyCount; i++)
            on += await _manager.IsEnabledAsync(Cases.Rollout) ? 1 : 0;
        return on;
    }

    /// <summary>Half of those in one country: to the targeting filter that is a group with a percentage of its own.</summary>
    [Benchmark(OperationsPerInvoke = Cases.KeyCount)]
    public async Task<int> Rule()
    {
        var on = 0;
        for (var i = 0; i < Cases.KeyCount; i++)
            on += await _manager.IsEnabledAsync(Cases.Rule) ? 1 : 0;
        return on;
    }

    private sealed class Users : ITargetingContextAccessor
    {
        private readonly TargetingContext[] _users = [.. Cases.Keys.Select(static key => new TargetingContext { UserId = key, Groups = [Cases.Country] })];
        private int _next;

        public ValueTask<TargetingContext> GetContextAsync() => new(_users[_next++ % _users.Length]);
    }
}

/// <summary>The cases that everything is measured on, as bench/native/bench.h has them.</summary>
public static class Cases
{
    public const string Plain = "new-checkout-flow";
    public const string Rollout = "faster-search";
    public const string Rule = "half-of-a-country";
    public const string Country = "de";
    public const int KeyCount = 1024;

    public static string[] Keys { get; } =
        [.. Enumerable.Range(0, KeyCount).Select(static i => string.Create(CultureInfo.InvariantCulture, $"user-{(i * 7919 + 104729) % 1000000:D6}"))];

    /// <summary>
    /// Calls so long that the runtime has compiled everything for speed, which it does in the background, and makes
    /// sure that the answers are right: a flag that is not known is answered quickly too.
    /// </summary>
    public static void WarmUp(Func<int> run, int expected)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(1.5);)
        {
            var on = run();
            if (Math.Abs(on - expected) > KeyCount / 16)
                throw new InvalidOperationException($"of {KeyCount} answers {on} are yes, and about {expected} were to be expected");
        }
    }
}
