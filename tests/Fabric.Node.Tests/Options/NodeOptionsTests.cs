using Fabric.Node.Options;

namespace Fabric.Node.Tests.Options;

public sealed class NodeOptionsTests
{
    private static readonly NodeSettings Alone = new() { Name = "a", Data = "/tmp/a", Http = ["127.0.0.1:7401"] };

    [Fact]
    public void A_name_a_folder_and_an_address_are_a_whole_node()
    {
        var (options, problems) = NodeOptionsReader.Read(Alone);
        Assert.Empty(problems);
        Assert.Equal(("a", "/tmp/a", 0, TimeSpan.FromSeconds(5)), (options!.Name, options.DataDirectory, options.Members.Count, options.WriteTimeout));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_with_its_range()
    {
        var (options, problems) = NodeOptionsReader.Read(new NodeSettings
        {
            Name = "-a",
            Http = ["here"],
            Capacity = "0",
            WriteTimeout = "fast",
            MaxConnections = "1",
            Peers = ["name=b,raft=10.0.0.2,http=http://10.0.0.2:7401", "nonsense"],
        });

        Assert.Null(options);
        Assert.Equal(["capacity", "data", "http", "max-connections", "name", "peer", "peer raft", "write-timeout"],
            problems.Select(problem => problem.Key).Order(StringComparer.Ordinal));
        Assert.Contains("http is \"here\": an IP address and a port, such as 127.0.0.1:7401", problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Another_user_and_all_capabilities_are_not_to_be_had_together()
    {
        var (_, problems) = NodeOptionsReader.Read(Alone with { User = "shop", KeepCapabilities = true });
        Assert.Equal("user", Assert.Single(problems).Key);
        Assert.Empty(NodeOptionsReader.Read(Alone with { User = "shop" }).Problems);
    }

    [Fact]
    public void A_host_says_which_files_may_be_attached_to()
    {
        var (options, problems) = NodeOptionsReader.Read(Alone with { AttachRoots = ["/opt/shop", "/usr"], AttachOwners = ["1000"], AttachWritable = true });
        Assert.Empty(problems);
        Assert.Equal(["/opt/shop", "/usr"], options!.Targets.Roots);
        Assert.Equal([1000u], options.Targets.Owners);
        Assert.True(options.Targets.MayBeWritable);
        Assert.False(NodeOptionsReader.Read(Alone).Options!.Targets.MayBeWritable);

        (_, problems) = NodeOptionsReader.Read(Alone with { AttachRoots = ["opt"], AttachOwners = ["-1", "shop", "4294967295"] });
        Assert.Equal(["attach-owner", "attach-owner", "attach-owner", "attach-root"], problems.Select(problem => problem.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Three_nodes_may_be_given_the_same_peers()
    {
        var peers = "abc".Select(Peer).ToArray();
        foreach (var name in "abc")
        {
            var (options, problems) = NodeOptionsReader.Read(new NodeSettings { Name = $"{name}", Data = "/tmp/x", Peers = peers });
            Assert.Empty(problems);
            Assert.Equal("abc".Select(letter => $"{letter}"), options!.Members.Select(member => member.Name));
            Assert.Single(options.Http);
        }
    }

    [Fact]
    public void The_other_two_are_enough_beside_a_nodes_own_addresses()
    {
        var (options, problems) = NodeOptionsReader.Read(Alone with
        {
            Raft = "127.0.0.1:7501",
            Peers = ["name=b,raft=127.0.0.1:7502,http=127.0.0.1:7402", "name=c,raft=127.0.0.1:7503,http=http://127.0.0.1:7403"],
        });
        Assert.Empty(problems);
        Assert.Equal(new Uri("http://127.0.0.1:7401"), options!.Members[0].Http);
    }

    [Fact]
    public void Two_or_four_voters_are_refused()
    {
        var peers = "bcd".Select(Peer).ToArray();
        for (var count = 1; count <= 3; count += 2)
        {
            var (_, problems) = NodeOptionsReader.Read(Alone with { Raft = "127.0.0.1:7501", Peers = peers[..count] });
            Assert.Equal([$"members is \"{count + 1}\": exactly 1 or exactly 3 voters, this node counted"], problems.Select(problem => problem.ToString()));
        }
    }

    [Fact]
    public void One_file_serves_all_hosts()
    {
        var path = Write("""
            {
              // shared by all hosts
              "members": [
                {"name": "a", "raft": "127.0.0.1:7501", "http": "http://127.0.0.1:7401"},
                {"name": "b", "raft": "127.0.0.1:7502", "http": "http://127.0.0.1:7402"},
                {"name": "c", "raft": "127.0.0.1:7503", "http": "http://127.0.0.1:7403"}
              ],
              "capacity": 100,
              "writeTimeout": "2s"
            }
            """);
        var (options, problems) = NodeOptionsReader.Read(new NodeSettings { Config = path, Name = "b", Data = "/tmp/b", Capacity = "200" });
        Assert.Empty(problems);
        Assert.Equal((200, TimeSpan.FromSeconds(2), 7402), (options!.Capacity, options.WriteTimeout, options.Http[0].Port));
    }

    [Theory]
    [InlineData("""{"members":[],"colour":"red"}""", "config /colour")]
    [InlineData("""{"members":[{"name":"a","raft":"127.0.0.1:1","http":"http://127.0.0.1:2","colour":"red"}]}""", "config /members/0 colour")]
    [InlineData("""{"members":5}""", "config /members")]
    [InlineData("""{"members":[],"members":[]}""", "config")]
    [InlineData("""{"members":[],"ofrepOrigins":"*"}""", "config /ofrepOrigins")]
    [InlineData("""{""", "config")]
    [InlineData("""[]""", "config")]
    public void A_file_with_anything_unknown_in_it_is_refused(string text, string key)
    {
        var (options, problems) = NodeOptionsReader.Read(Alone with { Config = Write(text) });
        Assert.Null(options);
        Assert.Contains(key, problems.Select(problem => problem.Key));
    }

    [Fact]
    public void A_node_that_the_file_does_not_list_is_told_so()
    {
        var path = Write("""{"members":[{"name":"b","raft":"127.0.0.1:1","http":"http://127.0.0.1:2"}]}""");
        var (_, problems) = NodeOptionsReader.Read(Alone with { Config = path });
        Assert.Equal(["name is \"a\": one of the members: b"], problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Bounds_and_origins_of_evaluation_are_options_too()
    {
        var path = Write("""{"members":[],"ofrepOrigins":["https://a.example"],"maxEvaluationsInFlight":7}""");
        var (options, problems) = NodeOptionsReader.Read(Alone with { Config = path, MaxEventStreams = "9" });

        Assert.Empty(problems);
        Assert.Equal((7, 9), (options!.Limits.EvaluationsInFlight, options.Limits.EventStreams));
        Assert.Equal(["https://a.example"], options.OfrepOrigins);
        Assert.Equal(["*"], NodeOptionsReader.Read(Alone with { Config = path, OfrepOrigins = ["*"] }).Options!.OfrepOrigins);
    }

    [Theory]
    [InlineData("shop.example")]
    [InlineData("https://shop.example/")]
    [InlineData("https://shop.example/page")]
    [InlineData("ftp://shop.example")]
    [InlineData("")]
    public void What_is_no_origin_is_refused(string origin)
    {
        var (_, problems) = NodeOptionsReader.Read(Alone with { OfrepOrigins = [origin, "https://shop.example:8443", "http://localhost", "*"] });

        Assert.Equal(["ofrep-origin"], problems.Select(problem => problem.Key));
    }

    [Fact]
    public void Bounds_of_the_stream_of_changes_are_options_too()
    {
        var path = Write("""{"members":[],"maxChangeStreams":3,"maxEventsKept":4,"eventsKeepAlive":"2s"}""");
        var (options, problems) = NodeOptionsReader.Read(Alone with { Config = path, MaxEventsKept = "5", MaxEventsKeptBytes = "2000000" });

        Assert.Empty(problems);
        Assert.Equal((3, 5, 2_000_000, TimeSpan.FromSeconds(2)),
            (options!.Limits.ChangeStreams, options.Limits.EventsKept, options.Limits.EventsKeptBytes, options.EventsKeepAlive));
        Assert.Equal("max-events-kept", Assert.Single(NodeOptionsReader.Read(Alone with { MaxEventsKept = "0" }).Problems).Key);
    }

    [Fact]
    public void Labels_are_names_and_values_and_the_later_of_two_counts()
    {
        var (options, problems) = NodeOptionsReader.Read(Alone with { Labels = ["zone=eu", "rack.no_1-a=", "zone=us=west"] });

        Assert.Empty(problems);
        Assert.Equal([("rack.no_1-a", ""), ("zone", "us=west")], options!.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => (label.Key, label.Value)));
    }

    [Theory]
    [InlineData("zone")]
    [InlineData("=eu")]
    [InlineData("Zone=eu")]
    [InlineData("zo ne=eu")]
    [InlineData("zone=a\u0007")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123=x")]
    public void A_label_of_another_form_is_refused(string label) =>
        Assert.Equal(["label"], NodeOptionsReader.Read(Alone with { Labels = [label] }).Problems.Select(problem => problem.Key));

    [Fact]
    public void A_labels_value_has_at_most_255_bytes()
    {
        Assert.Empty(NodeOptionsReader.Read(Alone with { Labels = ["zone=" + new string('x', 255)] }).Problems);
        Assert.Single(NodeOptionsReader.Read(Alone with { Labels = ["zone=" + new string('x', 254) + "ä"] }).Problems);
    }

    [Fact]
    public void The_file_says_each_members_labels_and_options_go_before_it()
    {
        var path = Write("""
            {"members": [
              {"name": "a", "raft": "127.0.0.1:7501", "http": "http://127.0.0.1:7401", "labels": {"zone": "eu", "rack": "1"}},
              {"name": "b", "raft": "127.0.0.1:7502", "http": "http://127.0.0.1:7402", "labels": {"zone": "us"}},
              {"name": "c", "raft": "127.0.0.1:7503", "http": "http://127.0.0.1:7403"}
            ]}
            """);
        string Labels(string name, params string[] own) => string.Join(' ', NodeOptionsReader
            .Read(new NodeSettings { Config = path, Name = name, Data = "/tmp/x", Labels = own }).Options!.Labels
            .OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

        Assert.Equal(("rack=2 zone=eu", "zone=us", ""), (Labels("a", "rack=2"), Labels("b"), Labels("c")));
        Assert.Equal(["config /members/0 labels"], NodeOptionsReader.Read(new NodeSettings
        {
            Config = Write("""{"members":[{"name":"a","raft":"127.0.0.1:1","http":"http://127.0.0.1:2","labels":{"zone":1}}]}"""), Name = "a", Data = "/tmp/x",
        }).Problems.Select(problem => problem.Key));
    }

    private static string Peer(char name) => $"name={name},raft=127.0.0.1:{7500 + name},http=http://127.0.0.1:{7400 + name}";

    private static string Write(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("fabric-options-").FullName, "fabric.json");
        File.WriteAllText(path, text);
        return path;
    }
}
