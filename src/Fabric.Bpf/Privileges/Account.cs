using System.Globalization;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Privileges;

/// <summary>A user of this host.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="User">The user's number.</param>
/// <param name="Group">The user's own group.</param>
/// <param name="Groups">All groups that the user is in.</param>
public sealed record Account(string Name, uint User, uint Group, IReadOnlyList<uint> Groups)
{
    /// <summary>The user by a name or a number; null when this host has no such user.</summary>
    public static Account? Find(string nameOrNumber)
    {
        var number = uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var user) ? user : (uint?)null;
        return Accounts.Find(nameOrNumber, number);
    }

    /// <summary>The name of a user's number, or the number where it has none.</summary>
    public static string NameOf(uint user) => Accounts.Find("", user)?.Name ?? user.ToString(CultureInfo.InvariantCulture);
}
