import type { Connection } from '#/http/connection.ts';
import type { Options } from '#/options.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

/** Named numbers of one measurement; every name is a key of `metrics` in report/metrics.ts. */
export type Sample = Readonly<Record<string, number>>;

interface CaseDescription {
  readonly name: string;
  /** What is measured, as the tables say it. */
  readonly title: string;
  /** Wharf over docker-registry, rate: what the project aims at. */
  readonly aim?: number;
  appliesTo(kind: TargetKind): boolean;
}

/** Prepared load: one operation on one of the connections, numbered from 0 over the whole case; resolves with its payload bytes. */
export type Operation = (connection: Connection, index: number) => Promise<number>;

/** The same operation over and over on some connections: rate, throughput, latency, CPU, memory. */
export interface LoadCase extends CaseDescription {
  readonly kind: 'load';
  readonly connections: number;
  /** Ends a measurement before its time is over, so that pushes do not fill the disk. */
  readonly maxOperations?: number;
  prepare(target: Target, options: Options): Promise<Operation>;
}

/** Anything else: runs as it likes and returns numbers. */
interface SingleCase extends CaseDescription {
  readonly kind: 'single';
  /** Once is enough: deterministic, or too expensive to repeat. */
  readonly once?: boolean;
  measure(kind: TargetKind, options: Options): Promise<Sample>;
}

export type BenchCase = LoadCase | SingleCase;

export const onRegistries = (kind: TargetKind): boolean => kind.role !== 'limit';
export const onWharf = (kind: TargetKind): boolean => kind.role === 'wharf';
export const everywhere = (): boolean => true;
