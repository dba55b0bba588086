using System.Diagnostics;
using OpenTelemetry;

namespace Fabric.Node.Telemetry;

/// <summary>Leaves out what the node asks of others by itself, every second or so: a trace begins with somebody's request.</summary>
internal sealed class OwnErrandsProcessor : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.ParentSpanId == default)
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
