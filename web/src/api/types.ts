/** The API's bodies, as far as the page reads them. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export interface Ramp { variant: string; from: number; to: number; start: string; end: string }
export interface Prerequisite { flag: string; variant: string }

/** flagd's object, with Fabric's own fields; what the page does not know is kept. */
export interface Definition {
  state: 'ENABLED' | 'DISABLED';
  variants: { [name: string]: Json };
  defaultVariant?: string | null;
  targeting?: Json;
  activateAt?: string;
  offVariant?: string | null;
  prerequisites?: Prerequisite[];
  ramp?: Ramp;
  metadata?: JsonObject;
  [other: string]: Json | Ramp | Prerequisite[] | undefined;
}

export interface Flag { key: string; revision: number; definition: Definition; evaluableIn?: string[]; evaluableInReason?: string }

export interface Change { key: string; kind: 'put' | 'delete'; previousRevision: number; definition: Definition | null }
export interface ChangeSet {
  revision: number; at: string | null; actor: string | null; node: string | null; address: string | null; message: string | null; changes: Change[];
}
export type FlagChange = Omit<ChangeSet, 'changes'> & Change;

export interface Member {
  name: string; http: string; reachable: boolean; error?: string; role?: string; term?: number; ready?: boolean;
  commitRevision?: number; appliedRevision?: number; tableRevision?: number; tableDigest?: string; tableKind?: string;
}
export interface Host { name: string; http: string; voter: boolean; connected: boolean; appliedRevision: number; tableRevision: number; lastHeard: string | null }
export interface Cluster { leader: string | null; members: Member[]; hosts: Host[]; diverged: string[] }

export interface Alarm { kind: string; since: string; detail: string; cure: string }
export interface Node {
  name: string; role: string; term: number; leader: string | null; revision: number; tableRevision: number | null; tableDigest: string | null; tableKind: string | null;
  override: { supported: boolean; reason: string | null }; ready: boolean; notReady: string | null; alarms?: Alarm[];
}

export interface Caller { exe: string | null; evaluations: number; last: string | null; processes: number }
export interface FlagUsage {
  key: string; evaluations: number; doors: { override: number; shared: number; remote: number };
  variants: { [name: string]: number }; defaults: number; first: string | null; last: string | null; callers: Caller[];
}
export interface Unknown { name: string; evaluations: number; last: string | null; callers: Caller[] }
export interface Usage {
  hosts: { name: string; answered: boolean; error: string | null; since: string | null }[];
  flags: FlagUsage[]; unknown: Unknown[]; stale: string[]; next: string | null;
}

export interface Attachment {
  id: string; exe: string; symbol: string; abi: string; signature: string; buildIds: string[]; revision: number;
  hosts: { host: string; state: string; reason: string | null; files: { path: string; container: string | null; probe: string | null }[] }[];
}

export interface Explanation {
  variant?: string; value?: Json; reason: string; rule: string; revision: number;
  steps: { at: string; asked: string; found: string }[]; bucket?: { hash: number; point: number; total: number }; facts: JsonObject; evaluableInReason?: string;
}

export interface ProblemBody { title: string; detail: string; status: number; applied?: string; errors?: { path: string; reason: string }[] }
