namespace Fabric.Node.Alarms;

/// <summary>Something that somebody has to look after.</summary>
/// <param name="Kind">One of <see cref="AlarmKinds"/>.</param>
/// <param name="Since">When it began.</param>
/// <param name="Detail">What is wrong, as it is now.</param>
/// <param name="Cure">What to do.</param>
internal sealed record Alarm(string Kind, DateTimeOffset Since, string Detail, string Cure);
