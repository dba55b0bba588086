using Fabric.Node.Problems;

namespace Fabric.Node.Membership;

/// <summary>Why the list of hosts was not changed.</summary>
internal static class HostRefusals
{
    public static Refusal NoHost(string name) => new(404, "host-not-found", "There is no such host", $"the fabric has no host \"{name}\"");

    public static Refusal NoVoter(string name) =>
        new(404, "voter-not-found", "There is no such voter", $"the fabric has no voter \"{name}\" whose data folder is known");

    public static Refusal NotChanged(string name, string reason) =>
        new(409, "host-kept", "The list of hosts stays as it is", $"\"{name}\" {reason}");

    public static Refusal NotReplaced(string name, string reason) =>
        new(409, "not-replaced", "The voter keeps its identity", $"\"{name}\" was not replaced: {reason}");

    public static Refusal NotPromoted(string name, string reason) =>
        new(409, "not-promoted", "The voters stay as they are", $"\"{name}\" gets no vote: {reason}");

    public static Refusal NotHandedOver(string reason) =>
        new(409, "not-handed-over", "The leadership was not handed over", reason);

    public static Refusal Unknown(string reason) =>
        new(504, "outcome-unknown", "The outcome is unknown", $"{reason}; GET /api/v1/cluster shows what it came to") { Applied = "unknown" };
}
