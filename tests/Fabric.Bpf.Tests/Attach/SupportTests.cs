using Fabric.Bpf.Interop;
using Fabric.Bpf.Support;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>
/// What this very kernel can do. Where it may not write registers, that it says so in the verifier's words is the
/// expected result; where it may, the canary has to be overridden. The same tests run on both.
/// </summary>
[Collection("kernel")]
public sealed unsafe class SupportTests(ITestOutputHelper output)
{
    [Fact]
    public void Override_is_proven_or_refused_in_the_verifiers_words()
    {
        var support = OverrideSupport.Probe();
        output.WriteLine(support.ToString());
        if (support.Supported)
        {
            Assert.Equal("", support.Sentence);
            return;
        }

        Assert.Equal(OverrideObstacle.NoRegisterWrites, support.Obstacle);
        Assert.Contains("invalid bpf_context access", support.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(support.Cure!);
    }

    [Fact]
    public void A_program_that_may_not_override_is_attached_everywhere_and_changes_nothing()
    {
        using var canary = Canary.Make();
        using var program = CanaryTable.Load(mayOverride: false);
        using (canary.Attach(program))
        {
            for (var call = 0; call < 3; call++)
                Assert.Equal(Canary.OwnAnswer, canary.Ask(CanaryTable.Flag));
        }

        Assert.Equal(Canary.OwnAnswer, canary.Ask(CanaryTable.Flag));
    }

    /// <summary>
    /// The function never reads its targeting key, and the program reads it only when the flag it has found needs it:
    /// so a page that was never touched tells what the program has decided.
    /// </summary>
    [Theory]
    [InlineData("fabric-canary", true)]
    [InlineData("fabric-canary-unknown", false)]
    public void The_program_decides_at_every_call(string flag, bool readsKey)
    {
        using var canary = Canary.Make();
        using var program = CanaryTable.Load(mayOverride: false, """
            {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",50],["off",50]]}}
            """u8);
        using var link = canary.Attach(program, withKey: true);
        fixed (byte* name = System.Text.Encoding.ASCII.GetBytes($"{flag}\0"))
        {
            for (var call = 0; call < 3; call++)
            {
                using var page = new UntouchedPage();
                Assert.False(page.WasTouched);
                Assert.Equal(Canary.OwnAnswer, canary.Ask(name, page.Address));
                Assert.Equal(readsKey, page.WasTouched);
            }
        }
    }

    [Fact]
    public void Two_programs_at_one_place_answer_once()
    {
        if (!OverrideSupport.Probe().Supported)
        {
            // Without register writes there is nothing that two could do to one another: what is left is to be refused.
            Assert.Throws<BpfRefusedException>(() => CanaryTable.Load(mayOverride: true));
            return;
        }

        using var canary = Canary.Make();
        using var first = CanaryTable.Load(mayOverride: true);
        using var second = CanaryTable.Load(mayOverride: true);
        using (canary.Attach(first))
        {
            Assert.Equal(1u, canary.Ask(CanaryTable.Flag));
            using (canary.Attach(second))
            {
                for (var call = 0; call < 3; call++)
                {
                    Assert.Equal(1u, canary.Ask(CanaryTable.Flag));
                    Assert.Equal(Canary.OwnAnswer, canary.Ask("another"));
                }
            }

            Assert.Equal(1u, canary.Ask(CanaryTable.Flag));
        }

        Assert.Equal(Canary.OwnAnswer, canary.Ask(CanaryTable.Flag));
    }

    [Fact]
    public void Every_check_that_is_not_ok_says_the_cure()
    {
        HostCheck[] checks = [.. HostChecks.Of(KernelFacts.Read()), HostChecks.Override(OverrideSupport.Probe())];
        foreach (var check in checks)
            output.WriteLine(check.ToString());
        Assert.Equal(["kernel", "btf", "capabilities", "unprivileged-bpf", "lockdown", "security-modules", "optimised-probe", "override"], checks.Select(static check => check.Name));
        Assert.All(checks, static check => Assert.Equal(check.Status is CheckStatus.Warn or CheckStatus.Fail, check.Cure is not null));
    }

    /// <summary>A page of memory that exists only once somebody reads it.</summary>
    private sealed class UntouchedPage : IDisposable
    {
        private const int Bytes = 4096;
        private const int Anonymous = 0x20;

        internal UntouchedPage() => Address = (byte*)Libc.mmap(null, Bytes, Libc.ProtRead, Libc.MapPrivate | Anonymous, -1, 0);

        internal byte* Address { get; }

        /// <summary>By the kernel's own account, which does not touch it.</summary>
        internal bool WasTouched
        {
            get
            {
                using var pages = File.OpenHandle("/proc/self/pagemap");
                Span<byte> entry = stackalloc byte[8];
                Assert.Equal(8, RandomAccess.Read(pages, entry, (long)Address / Bytes * 8));
                return (BitConverter.ToUInt64(entry) >> 63) != 0;
            }
        }

        public void Dispose() => _ = Libc.munmap(Address, Bytes);
    }
}
