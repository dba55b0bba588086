import { useEffect, useState } from 'preact/hooks';
import { useLive, usePolled } from '../app';
import type { Cluster, Host, Member, Node } from '../api/types';
import { quorumSentence } from '../flag/quorum';
import { Ago, State } from '../ui/parts';

export function Fleet() {
  const { node } = useLive();
  const { body, problem } = usePolled<Cluster>('/api/v1/cluster', 1000, node);
  const doors = useDoors(body);
  if (!body) return <p class="empty">{problem ?? 'reading…'}</p>;
  const quorum = quorumSentence(body);
  const newest = Math.max(...body.members.map((member) => member.commitRevision ?? 0), ...body.hosts.map((host) => host.appliedRevision));
  return (
    <div class="stack wide">
      <h2>Fleet</h2>
      {problem && <p class="problem">This is how it was: {problem}.</p>}
      <p class="quorum"><State kind={quorum.good ? 'good' : 'bad'}>{quorum.good ? 'sound' : 'in danger'}</State> {quorum.text}</p>
      {body.diverged.map((pair) => <p class="problem" role="alert" key={pair}>Tables that must be equal differ: {pair}</p>)}
      <div class="scroll" tabIndex={0} role="region" aria-label="Hosts">
        <table>
          <thead><tr><th>host</th><th>state</th><th>role</th><th>term</th><th>behind</th><th>doors</th><th>table</th><th>last heard</th></tr></thead>
          <tbody>
            {body.hosts.map((host) => (
              <Line key={host.name} host={host} member={body.members.find((member) => member.name === host.name)} newest={newest} node={doors.get(host.http) ?? null} all={body} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Line({ host, member, newest, node, all }: { host: Host; member: Member | undefined; newest: number; node: Node | null; all: Cluster }) {
  const up = member ? member.reachable : host.connected;
  const behind = Math.max(0, newest - (member?.tableRevision ?? host.tableRevision));
  return (
    <tr>
      <th scope="row">{host.name}<br /><a class="dim" href={host.http}>{host.http.replace(/^https?:\/\//, '')}</a></th>
      <td>{up ? (member?.ready === false ? <State kind="warn">not ready</State> : <State kind="good">up</State>) : <State kind="bad">{member?.error ?? 'not in touch'}</State>}</td>
      <td>{member?.role ?? (host.voter ? 'voter' : 'observer')}</td>
      <td class="num">{member?.term ?? '–'}</td>
      <td class="num">{up ? (behind === 0 ? 'no' : `by ${behind}`) : '–'}</td>
      <td>{!up ? '–' : node === null ? '…' : <>shared, remote{node.override.supported ? ', override' : <span class="dim" title={node.override.reason ?? ''}>; no override: {node.override.reason}</span>}</>}</td>
      <td>{up ? equality(host, member, node, all) : '–'}</td>
      <td>{member?.reachable ? 'now' : <Ago at={host.lastHeard} />}</td>
    </tr>
  );
}

/** Tables are compared with the leader's, at the same revision; at others they may differ. */
function equality(host: Host, member: Member | undefined, node: Node | null, { leader, members }: Cluster) {
  const [revision, digest] = member ? [member.tableRevision, member.tableDigest] : [node?.tableRevision, node?.tableDigest];
  const lead = members.find((other) => other.name === leader);
  if (!digest || !lead?.tableDigest || revision !== lead.tableRevision) return <span class="dim">not comparable now</span>;
  return digest === lead.tableDigest ? <State kind="good">{host.name === leader ? 'the leader’s' : 'equal'}</State> : <State kind="bad">differs</State>;
}

/** Only a host itself knows which doors it has open. */
function useDoors(cluster: Cluster | null): ReadonlyMap<string, Node> {
  const [doors, setDoors] = useState<ReadonlyMap<string, Node>>(new Map());
  const hosts = cluster?.hosts.map((host) => host.http).join(' ') ?? '';
  useEffect(() => {
    const end = new AbortController();
    const ask = () => {
      for (const http of hosts.split(' ').filter(Boolean).slice(0, 64)) {
        fetch(`${http}/api/v1/node`, { signal: AbortSignal.any([end.signal, AbortSignal.timeout(2000)]), credentials: 'omit', cache: 'no-store' })
          .then((response) => response.json() as Promise<Node>)
          .then((node) => setDoors((before) => new Map(before).set(http, node)))
          .catch(() => undefined);
      }
    };
    ask();
    const timer = setInterval(ask, 3000);
    return () => {
      end.abort();
      clearInterval(timer);
    };
  }, [hosts]);
  return doors;
}
