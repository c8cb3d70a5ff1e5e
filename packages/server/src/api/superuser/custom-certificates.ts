import { z } from 'zod';
import { type GrantedAccount, superuserSession } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { DomainError } from '#/domain/errors.ts';
import { multipartFile } from '#/http/multipart-file.ts';
import type { RequestContext } from '#/http/route.ts';
import type { CertificateFile } from '#/platform/certificates/extra-certificates.ts';

/** A bundle of a whole operating system has 250 kB. */
const largestFormBytes = 1024 ** 2;
/** As versions of the configuration hold them, which must be able to take them out again. */
const fileName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}\.crt$/;
const oneFile = z.object({ certpath: z.string() });

/** Additional authorities by file, with what is wrong with them (configuration reference D.3). */
export const getCustomCertificates = apiRoute({
  operationId: 'getCustomCertificates',
  method: 'GET',
  path: '/superuser/customcerts',
  group: 'superuser',
  resource: 'endpoints.api.suconfig.SuperUserCustomCertificates',
  summary: 'Lists the files of additional certificate authorities.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({
    status: z.enum(['none', 'file', 'directory']),
    certs: z.array(
      z.union([
        z.object({ path: z.string(), names: z.array(z.string()), expired: z.boolean(), expires: z.string() }),
        z.object({ path: z.string(), error: z.string() }),
      ]),
    ),
  }),
  async handle(_input, { certificates, domain }) {
    const { kind, files } = await certificates.refresh();
    return { status: kind, certs: files.map((file) => viewOf(file, domain.clock.nowMs())) };
  },
});

function viewOf(file: CertificateFile, nowMs: number) {
  const path = file.path.replace(/^extra_ca_certs\//, '');
  if (file.fault !== undefined) return { path, error: file.fault };
  const firstEndMs = Math.min(...file.certificates.map(({ expiresAtMs }) => expiresAtMs));
  return {
    path,
    names: [...new Set(file.certificates.flatMap(({ names }) => names))],
    expired: firstEndMs <= nowMs,
    expires: new Date(firstEndMs).toUTCString(),
  };
}

/** Trusted at once by this process, and by the others of this node within seconds; the list tells when the file is none of certificates. */
export const uploadCustomCertificate = apiRoute({
  operationId: 'uploadCustomCertificate',
  method: 'POST',
  path: '/superuser/customcerts/:certpath',
  group: 'superuser',
  resource: 'endpoints.api.suconfig.SuperUserCustomCertificate',
  summary: 'Adds or replaces a file of additional certificate authorities.',
  status: 204,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: oneFile, query: z.unknown(), body: { kind: 'bytes', limitBytes: largestFormBytes } },
  response: z.null(),
  async handle({ params, body, granted }, services, request) {
    const name = checkedName(params.certpath);
    const bytes = await multipartFile(request, body, 'file');
    await change(services, granted, request, name, bytes);
    return null;
  },
});

/** Not trusted any more, at once in this process and within seconds in the others. */
export const deleteCustomCertificate = apiRoute({
  operationId: 'deleteCustomCertificate',
  method: 'DELETE',
  path: '/superuser/customcerts/:certpath',
  group: 'superuser',
  resource: 'endpoints.api.suconfig.SuperUserCustomCertificate',
  summary: 'Removes a file of additional certificate authorities.',
  status: 204,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: oneFile, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, services, request) {
    await change(services, granted, request, plainName(params.certpath), undefined);
    return null;
  },
});

/** A new version of the configuration, which every node takes over. */
async function change(
  { certificates, configuration }: ApiServices,
  granted: GrantedAccount,
  request: RequestContext,
  name: string,
  content: Buffer | undefined,
): Promise<void> {
  if (certificates.current().kind === 'file') {
    throw new DomainError(
      'invalid_request',
      'extra_ca_certs is a single file, which can only be changed on the machine. Put it into a directory extra_ca_certs to change it here.',
    );
  }
  await configuration.saveAuthority(
    { account: granted.account, performer: performerOfCall(granted, request) },
    name,
    content,
  );
  await certificates.refresh();
}

function checkedName(name: string): string {
  if (fileName.test(name)) return name;
  throw new DomainError(
    'invalid_request',
    'The name of the file must end in .crt and hold only letters, digits, ".", "_" and "-".',
  );
}

/** A file that an operator put there may be called anything that is no path. */
function plainName(name: string): string {
  if (name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name)) return name;
  throw new DomainError('invalid_request', 'The name of a file in extra_ca_certs is needed, without a path.');
}
