import type { CustomCertificates } from '#/api/api-services.ts';
import { DomainError } from '#/domain/errors.ts';
import type { CertificateDirectories } from '#/platform/certificates/extra-certificates.ts';
import {
  removeExtraCertificate,
  storeExtraCertificate,
} from '#/platform/certificates/store-extra-certificate.ts';
import type { TrustStore } from '#/platform/certificates/trust-store.ts';

/** Where operators put files of authorities; `CERTDIR` and `KUBE_EXTRA_CA_CERTDIR` add directories (configuration reference E.2). */
export function certificateDirectories(
  configuration: string,
  env: Readonly<Record<string, string | undefined>>,
): CertificateDirectories {
  const others = [env.CERTDIR, env.KUBE_EXTRA_CA_CERTDIR].filter((path) => path !== undefined && path !== '');
  return { configuration, others: others.map(String) };
}

/** What the API does with files of additional authorities in a configuration directory. */
export function customCertificates(directory: string, trust: TrustStore): CustomCertificates {
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    if (trust.current().kind === 'file') {
      throw new DomainError(
        'invalid_request',
        'extra_ca_certs is a single file, which can only be changed on the machine. Put it into a directory extra_ca_certs to change it here.',
      );
    }
    const result = await work().catch((cause: unknown) => {
      throw asRefusal(cause);
    });
    await trust.refresh();
    return result;
  };
  return {
    refresh: () => trust.refresh(),
    store: (name, bytes) => change(() => storeExtraCertificate(directory, name, bytes)),
    remove: (name) => change(() => removeExtraCertificate(directory, name)),
  };
}

function asRefusal(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!['EROFS', 'EACCES', 'EPERM', 'EISDIR'].includes(code)) return error;
  return new DomainError(
    'invalid_request',
    `The configuration directory cannot be written (${code}): a mounted secret or volume is changed where it comes from, with the file under extra_ca_certs_<name>.`,
    { cause: error },
  );
}
