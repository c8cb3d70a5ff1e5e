import { type BenchCase, type LoadCase, onRegistries, onWharf } from '#/cases/bench-case.ts';
import { logInRequest } from '#/cases/login-storm.ts';
import { openDestination } from '#/cases/push.ts';
import { openConnection, type Request } from '#/http/connection.ts';
import { expectStatus } from '#/registry/expect-status.ts';
import { createPayload } from '#/registry/payload.ts';
import { acceptManifest, pushBlob, pushManifest } from '#/registry/push.ts';

const connections = 8;
const tagCount = 20;
/** Layers of the image whose manifest is asked for. */
const layerCount = 5;
const repositoryCount = 1000;
const catalogPage = 100;

export const requestCases: readonly BenchCase[] = [
  manifestCase('manifest-get', 'manifest, GET by tag', 'GET', 5),
  manifestCase('manifest-head', 'manifest, HEAD by tag', 'HEAD'),
  {
    kind: 'load',
    name: 'blob-head',
    title: 'blob, HEAD',
    connections,
    appliesTo: onRegistries,
    async prepare(target) {
      const destination = await openDestination(target);
      const payload = createPayload(1000);
      const connection = openConnection(target.url);
      await pushBlob(connection, destination, payload, 'monolithic');
      connection.close();
      const path = `/v2/${destination.repository}/blobs/${payload.digest}`;
      return repeat({ method: 'HEAD', path, headers: destination.headers });
    },
  },
  {
    kind: 'load',
    name: 'catalog',
    title: `catalogue of ${repositoryCount} repositories, n=${catalogPage}`,
    aim: 3,
    connections,
    appliesTo: onRegistries,
    async prepare(target) {
      const names = Array.from(
        { length: repositoryCount },
        (_, index) => `catalog-${String(index).padStart(4, '0')}`,
      );
      // A token for many repositories at once: each token costs a check of the password.
      for (let at = 0; at < names.length; at += connections * 5) {
        const batch = names.slice(at, at + connections * 5).map((name) => `${target.namespace}${name}`);
        const headers = await target.authorize(
          ...batch.map((repository) => `repository:${repository}:pull,push`),
        );
        await Promise.all(
          Array.from({ length: connections }, async (_, worker) => {
            const connection = openConnection(target.url);
            for (const repository of batch.filter((_name, index) => index % connections === worker)) {
              await pushManifest(connection, { repository, headers }, 'latest', []);
            }
            connection.close();
          }),
        );
      }
      const headers = await target.authorize('registry:catalog:*');
      return repeat({ method: 'GET', path: `/v2/_catalog?n=${catalogPage}`, headers });
    },
  },
  {
    kind: 'load',
    name: 'token',
    title: 'token, by password',
    connections,
    appliesTo: onWharf,
    prepare: async (target) => repeat(logInRequest(target)),
  },
];

function manifestCase(name: string, title: string, method: 'GET' | 'HEAD', aim?: number): LoadCase {
  return {
    kind: 'load',
    name,
    title,
    ...(aim === undefined ? {} : { aim }),
    connections,
    appliesTo: onRegistries,
    async prepare(target) {
      const destination = await openDestination(target);
      const connection = openConnection(target.url);
      const layers = Array.from({ length: layerCount }, () => createPayload(1000));
      for (const layer of layers) await pushBlob(connection, destination, layer, 'monolithic');
      for (let tag = 0; tag < tagCount; tag += 1) {
        await pushManifest(connection, destination, `tag-${tag}`, layers);
      }
      connection.close();
      const headers = destination.headers + acceptManifest;
      return async (on, index) => {
        const path = `/v2/${destination.repository}/manifests/tag-${index % tagCount}`;
        await expectStatus(on, 200, { method, path, headers });
        return 0;
      };
    },
  };
}

/** The same request over and over, its bytes not counted. */
function repeat(request: Request): Awaited<ReturnType<LoadCase['prepare']>> {
  return async (connection) => {
    await expectStatus(connection, 200, request);
    return 0;
  };
}
