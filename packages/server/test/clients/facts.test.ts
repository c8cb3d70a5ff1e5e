import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ClientRegistry, startClientRegistry } from '#/testing/client-registry.ts';
import { authenticationFacts } from './facts/authentication.ts';
import { containerdFacts } from './facts/containerd.ts';
import { containersImageFacts } from './facts/containers-image.ts';
import { craneFacts } from './facts/crane.ts';
import { dockerFacts } from './facts/docker-engine.ts';
import { type FactContext, testedFacts } from './facts/fact.ts';
import { httpFacts } from './facts/http.ts';
import { orasFacts } from './facts/oras.ts';

const lastFact = 75;

/** Facts that are no test here, each with the place of its proof or the reason. */
const elsewhere: Readonly<Record<number, string>> = {
  10: 'only stores that sign URLs redirect; the tests of the S3 driver fetch signed URLs without a registry token',
  12: 'the server takes schema 2, so no engine falls back; skopeo.test.ts and docker.test.ts push and pull the signed form',
  23: 'search belongs to the first protocol (/v1)',
  36: 'no answer of this server carries a warning',
};

describe('facts about clients (registry reference, part H)', () => {
  let registry: ClientRegistry;
  const context: FactContext = {
    get registry() {
      return registry;
    },
    get server() {
      return registry.server;
    },
  };
  before(async () => {
    registry = await startClientRegistry();
    const words = ['user', 'create', 'mallory', '--email', 'mallory@example.com', '--password-stdin'];
    await Promise.all([
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
      registry.wharf(words, 'mallory-password'),
    ]);
  });
  after(() => registry.dispose());

  describe('authentication', () => authenticationFacts(context));
  describe('docker engine', () => dockerFacts(context));
  describe('podman, skopeo, buildah, CRI-O', () => containersImageFacts(context));
  describe('containerd, nerdctl, kubelet, BuildKit', () => containerdFacts(context));
  describe('crane, ko, cosign', () => craneFacts(context));
  describe('ORAS, Helm', () => orasFacts(context));
  describe('HTTP', () => httpFacts(context));

  test('every fact is a test or accounted for, once', () => {
    const all = [...testedFacts(), ...Object.keys(elsewhere).map(Number)].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: lastFact }, (_value, index) => index + 1),
    );
  });
});
