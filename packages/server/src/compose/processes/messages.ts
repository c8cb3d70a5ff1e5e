import type { ListenPorts } from '#/compose/listen-ports.ts';
import { findPlatformEvent, type PlatformEvent } from '#/platform/events.ts';
import type { MetricSnapshot } from '#/platform/metric-snapshots.ts';

/** What the first process of a node tells those that serve. */
export type ToChild =
  | {
      readonly kind: 'start';
      readonly ports: ListenPorts;
      /** 48 bytes in base64: a client may resume its TLS session at any process. */
      readonly ticketKeys: string;
      readonly setupToken: string | undefined;
    }
  | { readonly kind: 'event'; readonly event: PlatformEvent }
  | { readonly kind: 'reload-certificate' }
  | { readonly kind: 'collect'; readonly request: number }
  | { readonly kind: 'stop' };

/** What they tell it. */
export type FromChild =
  | {
      readonly kind: 'listening';
      readonly address: string;
      readonly redirectAddress: string | undefined;
      readonly ports: ListenPorts;
    }
  | { readonly kind: 'event'; readonly event: PlatformEvent }
  | { readonly kind: 'metrics'; readonly request: number; readonly snapshot: MetricSnapshot };

/** Both ends run the same code, so the kind tells the shape; undefined for messages of others, such as libraries. */
export function messageOf<Message extends { readonly kind: string }>(
  value: unknown,
  kinds: readonly Message['kind'][],
): Message | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (!kinds.some((kind) => kind === value.kind)) return undefined;
  if (value.kind === 'event' && (!('event' in value) || findPlatformEvent(value.event) === undefined)) {
    return undefined;
  }
  return value as unknown as Message;
}

export const toChildKinds: readonly ToChild['kind'][] = [
  'start',
  'event',
  'reload-certificate',
  'collect',
  'stop',
];
export const fromChildKinds: readonly FromChild['kind'][] = ['listening', 'event', 'metrics'];
