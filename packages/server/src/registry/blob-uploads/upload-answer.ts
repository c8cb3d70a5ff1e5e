import { formatUploadRange, OciParseError, parseUploadRange } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { BodyPlacement } from '#/domain/uploads/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import type { RequestContext } from '#/http/route.ts';
import { withHeaders } from '#/registry/errors.ts';

interface UploadView {
  readonly uuid: string;
  readonly sizeBytes: number;
}

/** URL of a running upload; `repository` is the name as the client wrote it. */
function uploadUrl(request: RequestContext, repository: string, uuid: string): string {
  return `${request.baseUrl}/v2/${repository}/blobs/uploads/${uuid}`;
}

/** The state of an upload as every reply about it tells it (registry reference A7.1, A7.2). */
export function uploadAnswer(
  status: number,
  request: RequestContext,
  repository: string,
  upload: UploadView,
): Answer {
  return answer({
    status,
    headers: {
      location: uploadUrl(request, repository, upload.uuid),
      range: formatUploadRange(upload.sizeBytes),
      'docker-upload-uuid': upload.uuid,
    },
  });
}

/** The reply to a committed or mounted blob. */
export function blobCreatedAnswer(request: RequestContext, repository: string, digest: string): Answer {
  return answer({
    status: 201,
    headers: {
      location: `${request.baseUrl}/v2/${repository}/blobs/${digest}`,
      'docker-content-digest': digest,
    },
  });
}

/** Runs a change of an upload; a chunk out of order is told where the session stands, which stays open. */
export async function withUploadState<T>(
  request: RequestContext,
  repository: string,
  uuid: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'range_invalid') throw error;
    const sizeBytes = typeof error.detail.offset === 'number' ? error.detail.offset : 0;
    throw withHeaders(error, {
      location: uploadUrl(request, repository, uuid),
      range: formatUploadRange(sizeBytes),
      'docker-upload-uuid': uuid,
    });
  }
}

/** Two numbers of 16 digits with everything around them; what is longer is not parsed at all. */
const longestRange = 128;

/** Where a request's body belongs in the upload, in any dialect of the headers; throws `invalid_request`. */
export function bodyPlacementOf(request: RequestContext): BodyPlacement {
  const declared = request.headers['content-length'];
  const lengthBytes = declared === undefined ? undefined : Number(declared);
  const { range: rangeHeader, 'content-range': contentRange } = request.headers;
  if ((contentRange ?? rangeHeader ?? '').length > longestRange) {
    throw new DomainError('invalid_request', 'The range of the body is no range: it is too long.');
  }
  try {
    const range = parseUploadRange({ contentRange, range: rangeHeader });
    return {
      ...(range === undefined ? {} : { range }),
      ...(lengthBytes === undefined ? {} : { lengthBytes }),
    };
  } catch (error) {
    if (error instanceof OciParseError)
      throw new DomainError('invalid_request', error.message, { cause: error });
    throw error;
  }
}
