namespace Fabric.Cli;

/// <summary>What the command's exit says to a script. 130 comes from the system, for a command that was interrupted.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Unchanged = 3;
    public const int NotFound = 4;
    public const int NoLeader = 5;
    public const int Conflict = 6;
    public const int NotPermitted = 7;
    public const int TimedOut = 8;

    /// <summary>The write applied, and hosts are behind with it.</summary>
    public const int Behind = 9;
}
