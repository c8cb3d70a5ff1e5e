import assert from 'node:assert/strict';
import type { Digest } from '@wharf/oci';
import { digestOf } from './bytes.ts';
import type { PushClient, PushObserver } from './push-client.ts';
import type { PushBlob } from './push-image.ts';

interface PendingUpload {
  readonly blob: PushBlob;
  keptBytes: number;
  committing: boolean;
}

interface PromisedTag {
  /** What the tag may show: the acknowledged image, and later ones whose answers were lost. */
  readonly digests: Set<Digest>;
  readonly kept: boolean;
}

/** What a server promised to one repository, and the proof that it kept it. */
export interface PushLedger {
  readonly observer: PushObserver;
  readonly manifestCount: number;
  readonly resumedCount: number;
  /** Reads back every tag with its image, by digest too, and every single blob, or only those promised since the last call. */
  verify(client: PushClient, which: 'all' | 'new'): Promise<void>;
  /** Continues each unfinished upload where the server says that it stands. Those that a dead request still holds are left for later. */
  resume(client: PushClient): Promise<void>;
  /** Unfinished uploads that `resume` left. */
  readonly unfinishedCount: number;
}

export function createPushLedger(): PushLedger {
  const tags = new Map<string, PromisedTag>();
  const blobs = new Set<Digest>();
  const newTags = new Set<string>();
  const newBlobs = new Set<Digest>();
  const pending = new Map<string, PendingUpload>();
  let manifestCount = 0;
  let resumedCount = 0;

  function finish(path: string, digest: Digest): void {
    pending.delete(path);
    blobs.add(digest);
    newBlobs.add(digest);
  }

  async function resumeOne(client: PushClient, path: string, upload: PendingUpload): Promise<void> {
    const { blob } = upload;
    const state = await client.call('GET', path);
    if (state.status === 404) {
      // Only a commit whose answer was lost may have ended it.
      assert.ok(upload.committing, `${path} is unknown after ${upload.keptBytes} kept bytes`);
      if (await client.hasBlob(blob.digest)) finish(path, blob.digest);
      else pending.delete(path);
      return;
    }
    assert.equal(state.status, 204);
    const offset = offsetOf(state.headers.range);
    assert.ok(offset >= upload.keptBytes, `${path} stands at ${offset}, promised ${upload.keptBytes}`);
    assert.ok(offset <= blob.bytes.length);
    if (offset < blob.bytes.length) {
      const rest = blob.bytes.subarray(offset);
      const answer = await client.call('PATCH', path, {
        body: rest,
        headers: { 'content-range': `${offset}-${blob.bytes.length - 1}` },
      });
      if (answer.status === 409) return;
      assert.equal(answer.status, 202, answer.body.toString());
      upload.keptBytes = blob.bytes.length;
    }
    const answer = await client.call('PUT', `${path}?digest=${blob.digest}`);
    if (answer.status === 409) return;

    assert.equal(answer.status, 201, answer.body.toString());
    finish(path, blob.digest);
    resumedCount += 1;
    assert.equal(digestOf(await client.pullBlob(blob.digest)), blob.digest);
  }

  return {
    observer: {
      uploadStarted: (path, blob) => pending.set(path, { blob, keptBytes: 0, committing: false }),
      chunkKept(path, sizeBytes) {
        const upload = pending.get(path);
        if (upload !== undefined) upload.keptBytes = sizeBytes;
      },
      committing(path) {
        const upload = pending.get(path);
        if (upload !== undefined) upload.committing = true;
      },
      blobKept(blob) {
        for (const [path, upload] of pending) {
          if (upload.blob === blob && upload.committing) pending.delete(path);
        }
        blobs.add(blob.digest);
        newBlobs.add(blob.digest);
      },
      manifestSending({ digest }, tag) {
        const promised: PromisedTag = tags.get(tag) ?? { digests: new Set(), kept: false };
        promised.digests.add(digest);
        tags.set(tag, promised);
      },
      manifestKept({ digest }, tag) {
        tags.set(tag, { digests: new Set([digest]), kept: true });
        newTags.add(tag);
        manifestCount += 1;
      },
    },
    get manifestCount() {
      return manifestCount;
    },
    get resumedCount() {
      return resumedCount;
    },
    get unfinishedCount() {
      return pending.size;
    },
    async verify(client, which) {
      for (const tag of which === 'all' ? tags.keys() : newTags) {
        const promised = tags.get(tag);
        if (promised?.kept !== true) continue;
        const digest = await client.pullImage(tag);
        assert.ok(promised.digests.has(digest), `${tag} shows ${digest}`);
        assert.equal(await client.pullImage(digest), digest);
        tags.set(tag, { digests: new Set([digest]), kept: true });
      }
      for (const digest of which === 'all' ? blobs : newBlobs) await client.pullBlob(digest);
      newTags.clear();
      newBlobs.clear();
    },
    async resume(client) {
      for (const [path, upload] of [...pending]) await resumeOne(client, path, upload);
    },
  };
}

/** Bytes that `Range: 0-N` of an upload tells; `0-0` of an empty one is read as none. */
function offsetOf(range: string | undefined): number {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1]);
  assert.ok(Number.isSafeInteger(last), `Range: ${range}`);
  return last === 0 ? 0 : last + 1;
}
