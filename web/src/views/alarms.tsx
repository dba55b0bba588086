import { useLive, usePolled } from '../app';
import type { Node } from '../api/types';
import { Ago } from '../ui/parts';

/** What the serving node says is wrong, each with its cure. */
export function Alarms() {
  const { node } = useLive();
  const { body } = usePolled<Node>(node === null ? null : '/api/v1/node', 3000, node);
  const alarms = body?.alarms ?? [];
  if (alarms.length === 0) return null;
  return (
    <section class="alarms" aria-label="Alarms">
      {alarms.map((alarm) => (
        <p key={alarm.kind + alarm.since} role="alert">
          <b>{alarm.kind}</b> since <Ago at={alarm.since} />: {alarm.detail} <span class="cure">{alarm.cure}</span>
        </p>
      ))}
    </section>
  );
}
