import { accountKeys } from '#/config/known-keys/accounts.ts';
import { buildKeys } from '#/config/known-keys/builds.ts';
import { engineKeys } from '#/config/known-keys/engines.ts';
import { hostedKeys } from '#/config/known-keys/hosted.ts';
import { interfaceKeys } from '#/config/known-keys/interface.ts';
import type { KnownKeyGroup } from '#/config/known-keys/known-key.ts';
import { logKeys } from '#/config/known-keys/logs.ts';
import { operationKeys } from '#/config/known-keys/operations.ts';
import { registryKeys } from '#/config/known-keys/registry.ts';
import { serverKeys } from '#/config/known-keys/server.ts';

/** Every key of Quay that has no effect yet, so that none is taken for a typing error. */
export const knownKeyGroups: readonly KnownKeyGroup[] = [
  serverKeys,
  engineKeys,
  accountKeys,
  interfaceKeys,
  registryKeys,
  buildKeys,
  logKeys,
  operationKeys,
  hostedKeys,
];
