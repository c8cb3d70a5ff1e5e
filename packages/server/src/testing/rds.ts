import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface RdsAnswers {
  /** By name of the instance; an empty one is left out of the answer. */
  readonly states: Readonly<Record<string, string>>;
  readonly fails?: 'refuses' | 'hangs';
}

/** A server that speaks the query protocol of Amazon RDS as far as DescribeDBInstances of one instance. */
export interface TestRds {
  readonly url: string;
  /** How often it was asked. */
  asked(): number;
  /** `Credential` of the last signature: key id, day, region, service. */
  lastCredential(): string | undefined;
  answer(answers: RdsAnswers): void;
  stop(): void;
}

export async function startTestRds(): Promise<TestRds> {
  let answers: RdsAnswers = { states: {} };
  let asked = 0;
  let credential: string | undefined;
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams((await buffer(request)).toString('utf8'));
    asked += 1;
    credential = /Credential=(\S+?),/.exec(request.headers.authorization ?? '')?.[1];
    if (answers.fails === 'hangs') return;
    const state = answers.states[form.get('DBInstanceIdentifier') ?? ''];
    response.setHeader('content-type', 'text/xml');
    if (form.get('Action') !== 'DescribeDBInstances' || answers.fails === 'refuses') {
      response.writeHead(403).end(failure('AccessDenied'));
    } else if (state === undefined) {
      response.writeHead(404).end(failure('DBInstanceNotFound'));
    } else {
      const status = state === '' ? '' : `<DBInstanceStatus>${state}</DBInstanceStatus>`;
      response.end(
        `<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>${status}</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>`,
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    lastCredential: () => credential,
    answer(next) {
      answers = next;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function failure(code: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
}
