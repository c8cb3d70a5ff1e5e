import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Facts that are tests of a client, in the file of that client. */
const elsewhere: Readonly<Record<number, string>> = {
  12: 'docker.test.ts',
  23: 'podman.test.ts',
  36: 'oras.test.ts',
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

  test('every fact is a test, once', async () => {
    for (const [number, file] of Object.entries(elsewhere)) {
      const tests = await readFile(join(import.meta.dirname, file), 'utf8');
      assert.ok(tests.includes(`test('H-${number}: `), `H-${number} in ${file}`);
    }
    const all = [...testedFacts(), ...Object.keys(elsewhere).map(Number)].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: lastFact }, (_value, index) => index + 1),
    );
  });
});
