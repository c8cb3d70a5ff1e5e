import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, describe, test } from 'node:test';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { freePort } from '#/testing/free-port.ts';
import { createS3Driver } from './create-s3-driver.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

const mebibyte = 1024 * 1024;
const xmlError = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`;
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A store of which a test decides every answer: for the failures that a healthy one does not show. */
async function openFake(
  answer: (request: string) => Answer,
): Promise<{ driver: StorageDriver; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    request.resume();
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      requests.push(line);
      const { status, body, headers } = answer(line);
      response.writeHead(status, { etag: '"tag"', ...headers });
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const driver = fakeDriver(address.port);
  closing.push(() => {
    void driver.close();
    server.closeAllConnections();
    server.close();
  });
  return { driver, requests };
}

function fakeDriver(port: number): StorageDriver {
  return createS3Driver({
    bucket: 'bucket',
    storagePath: 'store',
    credentials: { accessKeyId: 'key-of-the-test', secretAccessKey: 'secret-of-the-test' },
    region: 'us-east-1',
    endpointUrl: `http://127.0.0.1:${port}`,
    minimumPartBytes: 5 * mebibyte,
    maximumCopyBytes: 100 * mebibyte,
    serverSideAssembly: true,
    serverSideEncryption: 'AES256',
  });
}

async function failureOf(work: Promise<unknown>): Promise<StorageError> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof StorageError, `${failure} is no StorageError`);
  assert.doesNotMatch(failure.message, /of-the-test|127\.0\.0\.1/);
  return failure;
}

describe('S3 driver: failures of the store', () => {
  const failures: [string, Answer, StorageError['kind']][] = [
    ['SlowDown', { status: 503, body: xmlError('SlowDown') }, 'unavailable'],
    ['InternalError', { status: 500, body: xmlError('InternalError') }, 'unavailable'],
    ['a gateway without a body', { status: 502 }, 'unavailable'],
    ['SignatureDoesNotMatch', { status: 403, body: xmlError('SignatureDoesNotMatch') }, 'unavailable'],
    ['NoSuchBucket', { status: 404, body: xmlError('NoSuchBucket') }, 'unavailable'],
    ['NoSuchKey', { status: 404, body: xmlError('NoSuchKey') }, 'not_found'],
    ['QuotaExceeded', { status: 403, body: xmlError('QuotaExceeded') }, 'full'],
    ['a full disk behind a gateway', { status: 507, body: xmlError('InsufficientStorage') }, 'full'],
    ['InvalidRange', { status: 416, body: xmlError('InvalidRange') }, 'invalid'],
    ['something that is not S3', { status: 200, body: '<html>hello</html>' }, 'unavailable'],
  ];
  for (const [name, answer, kind] of failures) {
    test(`${name} is ${kind}`, async () => {
      const { driver } = await openFake(() => answer);
      assert.equal((await failureOf(driver.read('a/b', { start: 0, end: 1 }))).kind, kind);
    });
  }

  test('nobody listens: unavailable', async () => {
    const driver = fakeDriver(await freePort());
    closing.push(() => void driver.close());
    assert.equal((await failureOf(driver.stat('a/b'))).kind, 'unavailable');
    assert.equal((await failureOf(driver.put('a/b', Buffer.from('x')))).kind, 'unavailable');
    assert.equal((await failureOf(driver.check())).kind, 'unavailable');
  });

  test('an absent object in an absent bucket is unavailable, not absent', async () => {
    const { driver } = await openFake(() => ({ status: 404 }));
    assert.equal((await failureOf(driver.stat('a/b'))).kind, 'unavailable');
  });

  for (const status of [501, 400]) {
    test(`a store without encryption (${status}): the message names the way out`, async () => {
      const code = status === 501 ? 'NotImplemented' : 'InvalidRequest';
      const { driver } = await openFake(() => ({ status, body: xmlError(code) }));
      assert.match((await failureOf(driver.check())).message, /server_side_encryption: none/);
    });
  }

  test('a range that the store ignores is not taken for the range', async () => {
    const { driver } = await openFake(() => ({ status: 200, body: 'all of it' }));
    assert.equal((await failureOf(driver.read('a/b', { start: 2, end: 3 }))).kind, 'unavailable');
  });
});

describe('S3 driver: lists in pages', () => {
  const old = '2020-01-01T00:00:00.000Z';
  const entry = (id: string): string =>
    `<Contents><Key>store/uploads/${id}.0-a</Key><LastModified>${old}</LastModified></Contents>`;
  const multipart = (id: string): string =>
    `<Upload><Key>store/uploads/${id}.0-a</Key><UploadId>${id}</UploadId><Initiated>${old}</Initiated></Upload>`;

  function page(request: string): string {
    const url = new URL(request.slice('GET '.length), 'http://x');
    if (url.searchParams.has('list-type')) {
      return url.searchParams.get('continuation-token') === 'next'
        ? `<ListBucketResult>${entry('three')}</ListBucketResult>`
        : `<ListBucketResult>${entry('one')}${entry('two')}<NextContinuationToken>next</NextContinuationToken></ListBucketResult>`;
    }
    if (url.searchParams.get('prefix') !== 'store/uploads/') return '<ListMultipartUploadsResult/>';
    return url.searchParams.get('key-marker') === 'after'
      ? `<ListMultipartUploadsResult>${multipart('five')}</ListMultipartUploadsResult>`
      : `<ListMultipartUploadsResult>${multipart('four')}<IsTruncated>true</IsTruncated><NextKeyMarker>after</NextKeyMarker></ListMultipartUploadsResult>`;
  }

  test('cleaning goes on to the last page', async () => {
    const { driver, requests } = await openFake((request) =>
      request.startsWith('GET') ? { status: 200, body: page(request) } : { status: 204 },
    );
    assert.deepEqual(await driver.cleanUploads(Date.now(), async (id) => id === 'two'), { removed: 4 });
    const removed = requests.filter((request) => request.startsWith('DELETE'));
    assert.deepEqual(
      removed.map((request) => /uploads\/(\w+)\./.exec(request)?.[1]),
      ['one', 'three', 'four', 'five'],
    );
  });
});

describe('S3 driver: completion of a multipart upload', () => {
  const begun = '<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>';
  const done = '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>';
  const body = Buffer.alloc(9 * mebibyte);

  function answerWith(completions: Answer[], headBytes?: number): (request: string) => Answer {
    return (request) => {
      if (request.startsWith('POST') && request.includes('uploads')) return { status: 200, body: begun };
      if (request.startsWith('POST')) return completions.shift() ?? { status: 200, body: done };
      if (request.startsWith('HEAD')) {
        return headBytes === undefined
          ? { status: 404 }
          : { status: 200, headers: { 'content-length': `${headBytes}` } };
      }
      return { status: request.startsWith('DELETE') ? 204 : 200 };
    };
  }

  test('200 with an error inside is tried again', async () => {
    const failed = { status: 200, body: xmlError('InternalError') };
    const { driver, requests } = await openFake(answerWith([failed, failed]));
    assert.deepEqual(await driver.put('a/b', body), { sizeBytes: body.length });
    const completions = requests.filter(
      (request) => request.startsWith('POST') && request.includes('uploadId'),
    );
    assert.equal(completions.length, 3);
  });

  test('a completion whose answer was lost counts, when the object is there in full', async () => {
    const gone = { status: 404, body: xmlError('NoSuchUpload') };
    const { driver } = await openFake(answerWith([gone], body.length));
    assert.deepEqual(await driver.put('a/b', body), { sizeBytes: body.length });
  });

  for (const headBytes of [undefined, body.length - 1]) {
    test(`a vanished multipart upload is a failure when the object has ${headBytes ?? 'no'} bytes`, async () => {
      const gone = { status: 404, body: xmlError('NoSuchUpload') };
      const { driver, requests } = await openFake(answerWith([gone], headBytes));
      await failureOf(driver.put('a/b', body));
      assert.ok(requests.some((request) => request.startsWith('DELETE') && request.includes('uploadId=id')));
    });
  }

  test('a part that fails aborts the multipart upload and asks the source for no more', async () => {
    const { driver, requests } = await openFake((request) => {
      if (request.startsWith('PUT')) return { status: 403, body: xmlError('QuotaExceeded') };
      return answerWith([])(request);
    });
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        given += mebibyte;
        yield Buffer.alloc(mebibyte);
      }
    }
    const state = await driver.startUpload('one');
    assert.equal((await failureOf(driver.append('one', state, 0, endless()))).kind, 'full');
    assert.ok(given <= 24 * mebibyte, `${given} bytes`);
    assert.ok(requests.some((request) => request.startsWith('DELETE') && request.includes('uploadId=id')));
  });
});
