import type { Cluster } from '../api/types';

/** How the fabric is, in a sentence: whether it takes changes, and how many more voters may fail. */
export function quorumSentence({ leader, members }: Cluster): { good: boolean; text: string } {
  const up = members.filter((member) => member.reachable && member.ready !== false).length;
  const need = Math.floor(members.length / 2) + 1;
  const voters = (count: number) => `${count} ${count === 1 ? 'voter' : 'voters'}`;
  if (up < need) return { good: false, text: `Only ${up} of ${voters(members.length)} ${up === 1 ? 'is' : 'are'} up and ${need} are needed: no change is taken. Programs keep their answers.` };
  if (leader === null) return { good: false, text: `${up} of ${voters(members.length)} are up, and they have no leader yet: no change is taken. Programs keep their answers.` };
  const spare = up - need;
  const may = spare === 0 ? 'none may fail, or no change is taken any more' : `${spare} more may fail`;
  return { good: spare > 0 || members.length === 1, text: members.length === 1 ? 'One voter, and it is up: changes are taken. There is no other to take over if it fails.' : `${up} of ${voters(members.length)} are up: changes are taken, and ${may}.` };
}
