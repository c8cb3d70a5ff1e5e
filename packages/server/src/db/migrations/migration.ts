import type { Db } from '#/db/database.ts';
import type { Target } from './columns.ts';

/**
 * One step towards the present schema. A step may find its own work done, wholly or in part (MySQL commits after every
 * statement), and must then finish it. Released migrations never change.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly steps: (target: Target) => readonly Step[];
}

export type Step = (db: Db) => Promise<void>;
