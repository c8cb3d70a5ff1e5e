import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveConfiguration } from '#/compose/live-configuration.ts';
import {
  type ConfigurationNode,
  cleanConfiguration,
  findLatestConfiguration,
  getConfigurationVersion,
  reportConfigurationNode,
} from '#/domain/configuration/index.ts';
import type { Services } from '#/domain/services.ts';
import type { NodeDirectory } from './node-directory.ts';
import { type ReloadResult, reloadDirectory } from './reload.ts';

const pollMs = 5_000;
/** A node that did not report for some time counts as gone. */
const reportMs = 60_000;
const cleanMs = 3_600_000;

/** Keeps a process at the configuration of its directory. */
export interface ConfigurationFollower {
  /** Takes over what the directory holds now, one call after the other. */
  reload(): Promise<ReloadResult>;
  stop(): Promise<void>;
}

/** In every process: the directory is read again whenever another process says that it changed. */
export function followDirectory(
  services: Services,
  live: LiveConfiguration,
  directory: NodeDirectory,
): ConfigurationFollower {
  let turn: Promise<unknown> = Promise.resolve();
  const reload = (): Promise<ReloadResult> => {
    const result = turn.then(() => reloadDirectory(live, directory));
    turn = result.catch(() => {});
    return result.then((done) => {
      if (done.applied.length > 0)
        services.logger.info({ keys: done.applied }, 'changed keys of the configuration count from now on');
      return done;
    });
  };
  const end = services.events.subscribe((event) => {
    if (event.kind !== 'configuration-changed') return;
    reload().catch((error: unknown) => {
      services.logger.error({ err: error }, 'the configuration cannot be read again');
    });
  });
  return {
    reload,
    async stop() {
      end();
      await turn;
    },
  };
}

/**
 * In one process of a node: looks for a newer version every 5 s, and at once when it hears of one, writes it into the directory, tells the
 * other processes, and reports what the node runs.
 */
export function followVersions(
  services: Services,
  directory: NodeDirectory,
  follower: ConfigurationFollower,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let wake = (): void => {};
  let reported = { text: '', atMs: Number.NEGATIVE_INFINITY };
  let cleanedAtMs = Number.NEGATIVE_INFINITY;
  let refused = { version: 0, reason: '' };
  let last: ReloadResult | undefined;
  let seen: number | null | undefined;

  const poll = async (): Promise<void> => {
    const latest = await findLatestConfiguration(services.database.read);
    const state = await directory.state();
    if (latest !== undefined && latest.number !== state.version) {
      const reason = await directory.adopt(await getConfigurationVersion(services, latest.number));
      if (reason === undefined) {
        services.logger.info(
          { version: latest.number },
          'the saved configuration was written into the directory',
        );
        last = await follower.reload();
        services.events.publish({ kind: 'configuration-changed' });
      } else if (refused.version !== latest.number || refused.reason !== reason) {
        services.logger.warn({ version: latest.number, reason }, 'the saved configuration is not used here');
      }
      refused = { version: reason === undefined ? 0 : latest.number, reason: reason ?? '' };
    }
    // Another process of this node may have written the directory.
    const { version } = await directory.state();
    if (version !== seen) last = undefined;
    seen = version;
    last ??= await follower.reload();
    await report(last);
  };

  const report = async (result: ReloadResult): Promise<void> => {
    const { nodeId, version } = await directory.state();
    const node = { nodeId, hostname: directory.hostname, version, ...stateOf(result, refused.reason) };
    const text = JSON.stringify(node);
    const nowMs = performance.now();
    if (text === reported.text && nowMs - reported.atMs < reportMs) return;
    if (services.settings.readOnly) return;
    await reportConfigurationNode(services, node);
    reported = { text, atMs: nowMs };
    last = undefined;
    if (nowMs - cleanedAtMs < cleanMs) return;
    cleanedAtMs = nowMs;
    await cleanConfiguration(services);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      try {
        await poll();
      } catch (error) {
        services.logger.debug(
          { err: error },
          'the saved configuration cannot be looked up; tried again soon',
        );
      }
      const pause = sleep(pollMs, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
      await Promise.race([pause, woken]);
    }
  };
  const end = services.events.subscribe((event) => {
    if (event.kind !== 'configuration-changed') return;
    last = undefined;
    wake();
  });
  const running = run();
  return {
    async stop() {
      end();
      stopping.abort();
      await running;
    },
  };
}

function stateOf(result: ReloadResult, refusal: string): Pick<ConfigurationNode, 'state' | 'detail'> {
  const reason = result.refused ?? refusal;
  if (reason !== '') return { state: 'refused', detail: reason };
  if (result.waiting.length > 0) return { state: 'restart_needed', detail: result.waiting.join(' ') };
  return { state: 'running', detail: '' };
}
