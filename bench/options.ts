import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** Measurements of each case and server. */
  readonly rounds: number;
  /** Longest time of one measurement. */
  readonly seconds: number;
  /** Size of the upload whose memory is measured. */
  readonly largeUploadGib: number;
  /** Concurrent transfers whose memory is measured, and the size of each. */
  readonly crowd: { readonly transfers: number; readonly mebibytes: number };
  /** Names of cases; empty means all. */
  readonly only: readonly string[];
  readonly peers: readonly { readonly name: string; readonly url: string }[];
  readonly localPeers: boolean;
  /** Arguments for the Node that runs Wharf, to try what they bring. */
  readonly nodeArguments: readonly string[];
  /** Puts the tables into docs/performance.md. */
  readonly write: boolean;
  readonly help: boolean;
}

export const usage = `usage: npm run bench -- [options]

  --only CASE,...       run these cases (see the list below; "pull" runs all that begin with it)
  --rounds N            measurements of each case and server, interleaved (default 3)
  --seconds N           longest time of one measurement (default 3)
  --quick               one round of one second, a 1 GiB upload and 20 transfers of 10 MiB
  --large-gib N         size of the large upload (default 10)
  --peer NAME=URL       also measure this running registry (http://[user:password@]host:port[/namespace]); repeatable
  --no-local-peers      do not start docker-registry and nginx
  --node=ARGUMENT       pass to the Node that runs Wharf; repeatable
  --profile DIR         write a CPU profile of Wharf for each case (slows it down: not for tables)
  --write               put the tables into docs/performance.md
  --help                print this
`;

/** Reads the command line; throws with a message for its user. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'large-gib': { type: 'string' },
      peer: { type: 'string', multiple: true, default: [] },
      'no-local-peers': { type: 'boolean', default: false },
      node: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick } = values;
  return {
    rounds: positive('--rounds', values.rounds, quick ? 1 : 3),
    seconds: positive('--seconds', values.seconds, quick ? 1 : 3),
    largeUploadGib: positive('--large-gib', values['large-gib'], quick ? 1 : 10),
    crowd: quick ? { transfers: 20, mebibytes: 10 } : { transfers: 100, mebibytes: 100 },
    only: values.only?.split(',') ?? [],
    peers: values.peer.map(parsePeer),
    localPeers: !values['no-local-peers'],
    nodeArguments: [...values.node, ...profileArguments(values.profile)],
    write: values.write,
    help: values.help,
  };
}

function profileArguments(directory: string | undefined): string[] {
  return directory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(directory)}`];
}

function positive(option: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`${option} wants a number above 0, not "${text}"`);
  return value;
}

function parsePeer(text: string): { name: string; url: string } {
  const at = text.indexOf('=');
  const url = text.slice(at + 1);
  if (at < 1 || !url.startsWith('http://') || !URL.canParse(url)) {
    throw new Error(`--peer wants NAME=http://HOST:PORT, not "${text}"`);
  }
  return { name: text.slice(0, at), url };
}
