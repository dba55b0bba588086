using Fabric.Bpf.Table;
using Fabric.Bpf.Table.Encoding;
using Fabric.Flags;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;

namespace Fabric.Bpf.Tests.Table;

public sealed unsafe class EncodingTests
{
    private static readonly HostFacts Host = new("node-a", [new("zone", "eu")]);

    [Fact]
    public void Variants_of_every_type_stand_in_the_block()
    {
        var (text, reader) = Encode("""{"state":"ENABLED","variants":{"a":"x","empty":"","esc":"q\"ä"}}""");
        Assert.Equal((byte)FlagRule.None, text.Body.Rule);
        Assert.Equal(["a=x", "empty=", "esc=q\"ä"], Enumerable.Range(0, 3).Select(i => $"{reader.Name(reader.Variant(i).Name)}={reader.Text(reader.Variant(i).Value, reader.Variant(i).ValueBytes)}"));
        Assert.Equal([TextHash.OfName("a"), TextHash.OfName("empty")], new[] { reader.Variant(0).NameHash, reader.Variant(1).NameHash });
        Assert.Equal((5u, 3), (reader.Variant(1).NameBytes, reader.Head.VariantCount));

        var (truths, booleans) = Encode("""{"state":"ENABLED","variants":{"on":true,"off":false}}""");
        Assert.Equal((1ul, 0ul, 1ul), (booleans.Variant(0).Value, booleans.Variant(1).Value, truths.Body.Truths));

        var (_, numbers) = Encode("""{"state":"ENABLED","variants":{"a":9007199254740992,"b":-3,"c":2.5,"d":-0.0,"e":1e300,"f":4.0}}""");
        Assert.Equal(
            [(9007199254740992, 8), (-3, 8), (BitConverter.DoubleToInt64Bits(2.5), 0), (0, 8), (BitConverter.DoubleToInt64Bits(1e300), 0), (4, 8)],
            Enumerable.Range(0, 6).Select(i => ((long)numbers.Variant(i).Value, (int)numbers.Variant(i).ValueBytes)));

        var (_, objects) = Encode("""{"state":"ENABLED","variants":{"a": { "x" : [ 1, "y z" ] } }}""");
        Assert.Equal("""{"x":[1,"y z"]}""", objects.Text(objects.Variant(0).Value, objects.Variant(0).ValueBytes));
    }

    [Fact]
    public void Own_fields_stand_in_body_and_block()
    {
        var (record, reader) = Encode("""
            {"state":"ENABLED","variants":{"on":true,"off":false},"salt":"salty","offVariant":"off","activateAt":"1970-01-01T00:00:01.5Z",
             "prerequisites":[{"flag":"base","variant":"yes"},{"flag":"other","variant":"no"}],
             "ramp":{"variant":"on","from":0.001,"to":100,"start":"1970-01-01T00:00:02Z","end":"1970-01-01T00:00:03Z"},
             "staleAfter":{"after":"30s","variant":"on"}}
            """);

        Assert.Equal((byte)(FlagExtras.Activation | FlagExtras.Ramp | FlagExtras.Prerequisites | FlagExtras.Staleness), record.Body.Extras);
        Assert.Equal((1, 0, Layout.NoVariant), (record.Body.OffVariant, record.Body.SafeVariant, record.Body.DefaultVariant));
        Assert.Equal((1_500_000_000ul, 30_000_000_000ul), (reader.Head.ActivateAtNs, reader.Head.StaleAfterNs));
        Assert.Equal(2, reader.Head.PrerequisiteCount);
        var second = reader.At<FlagPrerequisite>(reader.Head.Prerequisites, 1);
        Assert.Equal("other", reader.Name(reader.Head.Prerequisites + (uint)sizeof(FlagPrerequisite)));
        Assert.Equal((TextHash.Of("other"u8), TextHash.OfName("no")), (second.Hash, second.Variant));

        var ramp = reader.Head.Ramp;
        Assert.Equal((2_000_000_000ul, 3_000_000_000ul, 42_950ul, 1ul << 32), (ramp.StartNs, ramp.EndNs, ramp.From, ramp.To));
        Assert.Equal((5, (uint)'y', 0), (ramp.SeedBytes, ramp.SeedTail, ramp.Variant));
        Assert.Equal(NameHash.MurmurPrefix("salty"u8).Hash, ramp.SeedHash);
    }

    [Fact]
    public void A_flag_without_own_fields_has_none_of_them()
    {
        var (record, reader) = Encode("""{"state":"DISABLED","variants":{"on":true}}""");

        Assert.Equal((0, Layout.NoVariant, Layout.NoVariant, 2), (record.Body.Extras, record.Body.OffVariant, record.Body.SafeVariant, record.Body.State));
        Assert.Equal((0u, 0u, 0u), (reader.Head.Steps, reader.Head.Prerequisites, reader.Head.DefinitionHash));
        Assert.Equal(default, reader.Head.Ramp);
    }

    [Fact]
    public void A_salt_seeds_the_bodys_own_buckets()
    {
        var (record, _) = Encode("""{"state":"ENABLED","variants":{"on":true},"salt":"other","targeting":{"fractional":[["on"]]}}""");
        var (without, _) = Encode("""{"state":"ENABLED","variants":{"on":true},"targeting":{"fractional":[["on"]]}}""");

        Assert.Equal(((byte)FlagRule.Fractional, 5, (uint)'r'), (record.Body.Rule, record.Body.SeedBytes, record.Body.SeedTail));
        Assert.Equal((1, (uint)'f'), (without.Body.SeedBytes, without.Body.SeedTail));
    }

    [Fact]
    public void What_only_HTTP_evaluates_has_no_program()
    {
        var (record, reader) = Encode("""{"state":"ENABLED","variants":{"on":true},"targeting":{"map":[{"var":"a"},1]}}""");

        Assert.Equal(((byte)FlagRule.Remote, 0), (record.Body.Rule, reader.Head.StepCount));
    }

    [Fact]
    public void A_programs_parts_stand_where_its_steps_say()
    {
        var (record, reader) = Encode("""
            {"state":"ENABLED","variants":{"on":true,"off":false},"targeting":{"if":[
              {"==":[{"var":"user.plan"},"pro"]},"on",
              {"sem_ver":[{"var":"v"},"^","1.2.3-rc"]},"off",
              {">":[{"+":[{"var":"n"},2]},-7.5]},{"fractional":[["on",{"var":"n"}],["off",{"var":"m"}]]},
              {"fractional":[["on",3],["off",4]]}]}}
            """);
        Assert.Equal((byte)FlagRule.Program, record.Body.Rule);
        var steps = Enumerable.Range(0, reader.Head.StepCount).Select(reader.Step).ToArray();

        var compare = steps[0];
        Assert.Equal(((byte)StepOp.Compare, 0), (compare.Op, compare.How));
        Assert.Equal(("user.plan", 9, 0), (reader.Name(reader.Fact(compare.Left).Name), reader.Fact(compare.Left).NameBytes, reader.Fact(compare.Left).Source));
        var pro = reader.Constant(compare.Right & 0x3fff);
        Assert.Equal((0x4000, 4u, "pro"), (compare.Right & 0xc000, pro.Type, reader.Text(pro.Value, pro.Bytes)));
        Assert.Equal("pro", reader.Text(compare.Extra >> 16 << 3, compare.Extra & 0xffff));

        var version = steps.Single(static step => step.Op == (byte)StepOp.Version);
        var known = reader.At<FlagVersion>(version.Extra);
        Assert.Equal((1ul, 2ul, 3ul, "rc"), (known.Number[0], known.Number[1], known.Number[2], reader.Text(known.Prerelease, known.PrereleaseBytes)));

        var calculate = steps.Single(static step => step.Op == (byte)StepOp.Calculate);
        var more = steps[calculate.Yes];
        Assert.Equal((0u, 0x8000), (calculate.Extra, (int)more.Left));
        Assert.Equal((3u, BitConverter.DoubleToUInt64Bits(-7.5)), (reader.Constant(more.Right & 0x3fff).Type, reader.Constant(more.Right & 0x3fff).Value));

        var bucket = steps.Single(static step => step.Op == (byte)StepOp.Bucket).Extra;
        Assert.Equal((2u, 7u), (reader.At<FlagBuckets>(bucket).Count, reader.At<FlagBuckets>(bucket).Total));
        Assert.Equal((3u, 7u, 0u, 1u), (reader.BucketOf(bucket, 0).End, reader.BucketOf(bucket, 1).End,
            steps[reader.BucketOf(bucket, 0).Variant].Extra, steps[reader.BucketOf(bucket, 1).Variant].Extra));

        var (hash, tail) = NameHash.MurmurPrefix("f"u8);
        Assert.All(steps.Where(static step => step.Op == (byte)StepOp.HashBegin), step =>
            Assert.Equal((hash, tail, 1u), (reader.At<FlagSeed>(step.Extra).Hash, reader.At<FlagSeed>(step.Extra).Tail, reader.At<FlagSeed>(step.Extra).Bytes)));
        Assert.Equal(0u, more.Extra);

        var weigh = steps.Single(static step => step.Op == (byte)StepOp.Weigh).Extra;
        Assert.Equal((2u, "m"), (reader.At<FlagWeights>(weigh).Count, reader.Name(reader.Fact(reader.WeightOf(weigh, 1).Operand).Name)));
        Assert.Equal(1u, steps[reader.WeightOf(weigh, 1).Step].Extra);
    }

    [Fact]
    public void A_set_holds_its_members_and_nothing_else()
    {
        string[] texts = ["", "a", "exactly8", "nine byte", "ä", .. Enumerable.Range(0, 3000).Select(static i => $"user-{i}")];
        var list = string.Join(',', [.. texts.Select(static text => $"\"{text}\""), "1", "-1", "2.5", "null", "true"]);
        var (_, reader) = Encode($$$"""{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"in":[{"var":"id"},[{{{list}}}]]},"on"]}}""");
        var step = reader.Step(0);

        Assert.Equal(((byte)StepOp.InSet, 1 | 4), (step.Op, step.How));
        Assert.All(texts, text => Assert.True(reader.SetHolds(step.Extra, text), text));
        Assert.True(reader.SetHolds(step.Extra, 2, 1) && reader.SetHolds(step.Extra, 2, -1) && reader.SetHolds(step.Extra, 3, BitConverter.DoubleToInt64Bits(2.5)));
        Assert.All(Enumerable.Range(3000, 3000), i => Assert.False(reader.SetHolds(step.Extra, $"user-{i}")));
        Assert.False(reader.SetHolds(step.Extra, 2, 2) || reader.SetHolds(step.Extra, 3, 1));
    }

    [Fact]
    public void A_block_is_no_longer_than_it_was_judged_to_be()
    {
        foreach (var targeting in new[]
        {
            """{"if":[{"===":[{"var":"host.name"},{"var":"host.labels.zone"}]},"on",{"in":[{"var":"a"},["", "x",1]]},"off",{"var":"b"}]}""",
            """{"fractional":[{"cat":[{"var":"host.name"},"-",{"var":"id"}]},["on",{"var":"w"}],["off",{"+":[{"var":"w"},1]}],["on",3]]}""",
            """{"if":[{"sem_ver":[{"var":"a"},"=",{"var":"host.labels.zone"}]},"on",{"sem_ver":[{"var":"a"},"=","1.0.0-rc.1"]},{"fractional":[["on"],["off"]]}]}""",
        })
        {
            var definition = TestTables.Definition($$"""{"state":"ENABLED","variants":{"on":"a long value","off":"another"},"targeting":{{targeting}}}""");
            foreach (var host in new[] { Host, new HostFacts(new string('n', 63), [new("zone", "1.0.0-" + new string('z', 249))]) })
            {
                var program = Compiler.Compile(definition, new string('k', 63), host).Program!;
                Assert.InRange(BlockEncoder.Encode(definition, new string('k', 63), program).Length, 1, BlockSize.AtMost(definition, program));
            }
        }
    }

    [Fact]
    public void The_hash_of_a_text_is_the_one_that_names_have()
    {
        for (var length = 0; length < 64; length++)
        {
            var padded = new byte[Layout.NameBytes];
            padded.AsSpan(0, length).Fill((byte)'x');
            Assert.Equal(NameHash.Of(padded, length), TextHash.Of(padded.AsSpan(0, length)));
        }

        Assert.NotEqual(TextHash.Of("a\0"u8), TextHash.Of("a"u8));
        Assert.NotEqual(TextHash.OfNumber(2, 1), TextHash.OfNumber(3, 1));
    }

    private static (FlagRecord Record, BlockReader Reader) Encode(string json)
    {
        var record = FlagRecord.Of(new Flag("f", 7, TestTables.Definition(json)), Host);
        Assert.Equal((uint)record.Block.Length, record.Body.BlockBytes);
        return (record, new BlockReader(record.Block));
    }
}
