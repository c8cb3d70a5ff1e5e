import type { Random } from '#/testing/push-random.ts';

/** How often a task falls asleep, and for how many steps at most. */
const sleepyOneIn = 12;
const longestSleep = 80;

/** What one task is doing between two of its interleaving points. */
interface Task {
  readonly name: string;
  /** Where it stands; undefined while it runs. */
  place: string | undefined;
  resume: () => void;
  /** Not picked before that step, while there are others: a process that stands still for a while. */
  sleepsUntil: number;
  /** What the model is told right after the task's next transaction committed. */
  effect: (() => void) | undefined;
}

/**
 * Runs tasks one step at a time: exactly one of them runs, until it reaches its next interleaving point or ends, and the random numbers
 * decide which one is next. The same numbers give the same run.
 */
export class Schedule {
  readonly #random: Random;
  readonly #waiting: Task[] = [];
  #current: Task | undefined;
  #steps = 0;
  #settled: () => void = () => {};
  #failure: { readonly error: unknown } | undefined;
  #trace: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** The last steps, for people. */
  get trace(): string {
    return this.#trace.slice(-60).join('\n');
  }

  note(text: string): void {
    this.#trace.push(text);
    if (this.#trace.length > 1000) this.#trace = this.#trace.slice(-100);
  }

  /** Adds a task, which does nothing before it is picked. */
  start(name: string, work: () => Promise<void>): void {
    const gate = Promise.withResolvers<void>();
    const task: Task = { name, place: 'start', resume: gate.resolve, sleepsUntil: 0, effect: undefined };
    this.#waiting.push(task);
    gate.promise
      .then(work)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#current = undefined;
        this.#settled();
      });
  }

  /** For tasks: an interleaving point. Outside of tasks it is none. */
  async pause(place: string): Promise<void> {
    const task = this.#current;
    if (task === undefined) return;
    const gate = Promise.withResolvers<void>();
    task.place = place;
    task.resume = gate.resolve;
    if (this.#random.below(sleepyOneIn) === 0)
      task.sleepsUntil = this.#steps + this.#random.below(longestSleep);
    this.#waiting.push(task);
    this.#current = undefined;
    this.#settled();
    await gate.promise;
  }

  /** For tasks: names what the next transaction means to the model. */
  expect(effect: () => void): void {
    if (this.#current !== undefined) this.#current.effect = effect;
  }

  /** For transactions: one has committed. */
  committed(): void {
    const effect = this.#current?.effect;
    if (this.#current !== undefined) this.#current.effect = undefined;
    effect?.();
  }

  /** Whether some task stands at that place. */
  isAnyAt(place: string): boolean {
    return this.#waiting.some((task) => task.place === place);
  }

  /** One step of one task. Throws what a task threw. */
  async step(): Promise<void> {
    this.#steps += 1;
    const awake = this.#waiting.filter(({ sleepsUntil }) => sleepsUntil <= this.#steps);
    const task = this.#random.pick(awake.length > 0 ? awake : this.#waiting);
    this.#waiting.splice(this.#waiting.indexOf(task), 1);
    this.note(`${task.name} from ${task.place}`);
    const settled = Promise.withResolvers<void>();
    this.#settled = settled.resolve;
    this.#current = task;
    task.place = undefined;
    task.resume();
    await settled.promise;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
