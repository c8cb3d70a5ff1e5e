import type { Connection, Request } from '#/http/connection.ts';
import type { Response } from '#/http/response-reader.ts';

/** Sends a request; throws, with the answer's text, unless the status is the one expected. */
export async function expectStatus(
  connection: Connection,
  status: number,
  request: Request,
): Promise<Response> {
  const response = await connection.request(request);
  if (response.status !== status) {
    const [path] = request.path.split('?');
    throw new Error(
      `${request.method} ${path} answered ${response.status} ${response.body.toString('utf8', 0, 500)}`,
    );
  }
  return response;
}
