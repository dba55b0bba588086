using System.Diagnostics;
using Fabric.Bpf.Attach;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Tests.Elf;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>One of these is a container for a while, which must not be there while doors look for containers.</summary>
[Collection("kernel")]
public sealed class TargetRulesTests : IDisposable
{
    private const uint Somebody = 4711;
    private static readonly TargetRules Default = new();

    private readonly BuildFolder _folder = new();
    private readonly string _file;

    public TargetRulesTests()
    {
        _folder.Write("opt/shop/bin/shop", "a program");
        _file = _folder.At("opt/shop/bin/shop");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_only_its_owner_can_replace_is_taken() => Assert.Null(WhyNot(Default));

    [Theory]
    [InlineData("666")]
    [InlineData("620")]
    [InlineData("602")]
    public void A_file_that_others_may_write_is_taken_only_where_that_is_allowed(string mode)
    {
        Binaries.Run("chmod", $"{mode} {_file}");
        Assert.Equal($"others than its owner may write {_file} (mode 0{mode}); --attach-writable allows it", WhyNot(Default));
        Assert.Null(WhyNot(new() { MayBeWritable = true }));
    }

    [Theory]
    [InlineData("opt/shop/bin")]
    [InlineData("opt")]
    public void A_folder_that_others_may_write_needs_the_sticky_bit(string folder)
    {
        Binaries.Run("chmod", $"777 {_folder.At(folder)}");
        Assert.Equal($"others than its owner may change what is in {_folder.At(folder)} (mode 0777); --attach-writable allows it", WhyNot(Default));
        Assert.Null(WhyNot(new() { MayBeWritable = true }));
        Binaries.Run("chmod", $"1777 {_folder.At(folder)}");
        Assert.Null(WhyNot(Default));
    }

    [Theory]
    [InlineData("opt/shop/bin/shop")]
    [InlineData("opt/shop")]
    public void What_belongs_to_another_user_is_taken_only_where_that_is_allowed(string what)
    {
        Own(_folder.At(what));
        Assert.Equal($"{_folder.At(what)} belongs to user {Somebody}, who is neither root nor the node's own; --attach-owner {Somebody} allows it", WhyNot(Default));
        Assert.Null(WhyNot(new() { Owners = [Somebody] }));
        Assert.NotNull(WhyNot(new() { Owners = [Somebody + 1], MayBeWritable = true }));
    }

    [Fact]
    public void A_link_is_followed_and_its_owner_is_looked_at_too()
    {
        var link = _folder.At("link");
        File.CreateSymbolicLink(link, "opt/../opt/shop/bin/shop");
        Assert.Null(WhyNot(Default, link));
        Own(link);
        Assert.StartsWith($"{link} belongs to user {Somebody}", WhyNot(Default, link), StringComparison.Ordinal);
        Assert.Null(WhyNot(new() { Owners = [Somebody] }, link));
    }

    /// <summary>The folder with the link is on the way, though the file is not in it.</summary>
    [Fact]
    public void Nobody_else_may_turn_a_link_elsewhere()
    {
        var link = _folder.At("open/link");
        Directory.CreateDirectory(_folder.At("open"));
        File.CreateSymbolicLink(link, _file);
        Binaries.Run("chmod", $"777 {_folder.At("open")}");
        Assert.StartsWith($"others than its owner may change what is in {_folder.At("open")}", WhyNot(Default, link), StringComparison.Ordinal);
        Assert.Null(WhyNot(Default));
    }

    [Fact]
    public void A_path_that_leads_to_another_file_by_now_is_not_the_files()
    {
        using var file = RegularFile.Open(_file);
        Assert.Null(Default.WhyNot(_file, file));
        File.Move(_file, _folder.At("moved"));
        Assert.Contains("No such file", Default.WhyNot(_file, file), StringComparison.Ordinal);
        File.WriteAllText(_file, "another program");
        Assert.Equal($"{_file} leads to another file by now", Default.WhyNot(_file, file));
    }

    [Fact]
    public void A_path_that_never_ends_is_refused()
    {
        File.CreateSymbolicLink(_folder.At("round"), "round");
        using var file = RegularFile.Open(_file);
        Assert.Contains("more than 40 links", Default.WhyNot(_folder.At("round"), file), StringComparison.Ordinal);
        Assert.Contains("folders and links", Default.WhyNot("/" + string.Concat(Enumerable.Repeat("usr/../", 2000)), file), StringComparison.Ordinal);
        Assert.Contains("is not a folder", Default.WhyNot($"{_file}/more", file), StringComparison.Ordinal);
        Assert.Contains("not an absolute path", Default.WhyNot("shop", file), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_below_a_folder_that_the_host_names_is_taken()
    {
        Assert.Null(WhyNot(Below("opt/shop")));
        Assert.Null(WhyNot(Below("opt/shop/bin/")));
        Assert.Null(WhyNot(Below("nowhere", "opt")));
        Assert.Null(WhyNot(new() { Roots = ["/"] }));

        _folder.Write("opt/shop2/file", "");
        foreach (var other in new[] { "opt/shop2", "opt/sho", "nowhere", "opt/shop/bin/shop" })
            Assert.EndsWith($"is not below {_folder.At(other)}, where alone this host allows it (--attach-root)", WhyNot(Below(other)), StringComparison.Ordinal);

        // A link out of the folder leads out of it, and a link to the folder into it.
        File.CreateSymbolicLink(_folder.At("opt/shop2/out"), "../shop/bin/shop");
        Assert.NotNull(WhyNot(Below("opt/shop2"), _folder.At("opt/shop2/out")));
        Directory.CreateSymbolicLink(_folder.At("alias"), _folder.At("opt/shop"));
        Assert.Null(WhyNot(Below("alias")));
        Assert.Null(WhyNot(Below("opt/shop"), _folder.At("alias/bin/shop")));
        Assert.NotNull(WhyNot(Below("opt/shop/bin"), _folder.At("opt/shop/bin/../../shop2/file")));

        TargetRules Below(params string[] folders) => new() { Roots = [.. folders.Select(_folder.At)] };
    }

    /// <summary>A container's file is judged in its own file system, where the host's paths mean other folders.</summary>
    [Fact]
    public void A_file_of_a_container_is_judged_by_its_own_folders()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root makes a file system of its own");
        var pause = _folder.Build("gcc", "pause.c", "#include <unistd.h>\nint main(void) { for (;;) pause(); }", "-O1 -static", "pause");
        var root = Directory.CreateDirectory(_folder.At("root")).FullName;
        var script = $"mount -t tmpfs -o mode=755 t {root} && mkdir -p {root}/opt/shop/bin && cp {pause} {root}/opt/shop/bin/shop && exec chroot {root} /opt/shop/bin/shop";
        using var process = Process.Start(new ProcessStartInfo("unshare", ["-m", "sh", "-c", script]))!;
        try
        {
            var prefix = $"/proc/{process.Id}/root";
            var inside = $"{prefix}/opt/shop/bin/shop";
            Assert.True(SpinWait.SpinUntil(() => File.Exists(inside), TimeSpan.FromSeconds(30)));
            Assert.Null(WhyNot(Default, inside));
            Assert.Null(WhyNot(new() { Roots = ["/opt/shop"] }, inside));

            // A link of the container's leads where it leads there.
            File.CreateSymbolicLink($"{prefix}/link", "/../opt/shop/bin/shop");
            using (var file = RegularFile.Open(inside))
            {
                Assert.Null(new TargetRules { Roots = ["/opt/shop"] }.WhyNot("/link", file, prefix));
                Assert.Contains("No such file", new TargetRules().WhyNot($"{prefix}/link", file), StringComparison.Ordinal);
                Assert.Contains("leads out of", new TargetRules().WhyNot($"{prefix}/../{_file}", file), StringComparison.Ordinal);
            }

            Assert.NotNull(WhyNot(new() { Roots = [_folder.Path] }, inside));
            Assert.NotNull(WhyNot(new() { Roots = ["/opt/shop"] }, $"/proc/{process.Id}/exe")); // nobody knows what is above it
            Assert.Null(WhyNot(Default, $"/proc/{process.Id}/exe"));
            Binaries.Run("chmod", $"777 {prefix}/opt");
            Assert.StartsWith($"others than its owner may change what is in {prefix}/opt", WhyNot(Default, inside), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    [Fact]
    public void The_link_to_a_running_program_of_the_host_is_judged_by_the_programs_folders()
    {
        var path = $"/proc/{Environment.ProcessId}/root{_file}";
        Assert.Null(WhyNot(new() { Roots = [_folder.At("opt")] }, path));
        Binaries.Run("chmod", $"777 {_folder.At("opt")}");
        Assert.StartsWith($"others than its owner may change what is in {_folder.At("opt")}", WhyNot(Default, path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_path_is_judged_by_itself()
    {
        using var file = RegularFile.Open(_file);
        File.Delete(_file);
        Assert.Null(Default.WhyNotThis(file, "the file"));
        Binaries.Run("chmod", $"666 {file.Path.Replace("self", $"{Environment.ProcessId}", StringComparison.Ordinal)}");
        Assert.Equal("others than its owner may write the file (mode 0666); --attach-writable allows it", Default.WhyNotThis(file, "the file"));
    }

    private string? WhyNot(TargetRules rules, string? path = null)
    {
        using var file = RegularFile.Open(path ?? _file);
        return rules.WhyNot(path ?? _file, file);
    }

    private static void Own(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives files away");
        Binaries.Run("chown", $"-h {Somebody}:{Somebody} {path}");
    }
}
